package io.loopscope.processor.detect;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The layout of a stored value is its first octet; all values share one numbering. */
final class StoredVersion {

    static final int CURRENT = 3;

    /** From this version on, what the socket table said is stored, too. */
    static final int WITH_TABLE = 2;

    /** From this version on, which sockets the reports of a poll that is under way have named is stored, too. */
    static final int WITH_NAMES = 3;

    private StoredVersion() {}

    static void write(DataOutput output) throws IOException {
        output.writeByte(CURRENT);
    }

    /**
     * Reads the version.
     *
     * @param what for the message
     * @throws IOException when this release does not know it
     */
    static int read(String what, DataInput input) throws IOException {
        int version = input.readUnsignedByte();
        if (version < 1 || version > CURRENT) {
            throw new IOException("a " + what + " stored in version " + version + ", known is 1 to " + CURRENT);
        }
        return version;
    }
}
