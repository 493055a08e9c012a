package io.loopscope.processor.sockets;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A process that holds a socket.
 *
 * @param pid process id
 * @param name name of the process, empty when unknown
 * @param fileDescriptor the socket's descriptor in it; null when unknown
 * @param openFiles descriptors it has open; null when unknown
 * @param openFilesLimit how many it may have open; null when unknown
 */
public record Owner(
        int pid,
        String name,
        @Nullable Integer fileDescriptor,
        @Nullable Long openFiles,
        @Nullable Long openFilesLimit) {

    private static final long UNKNOWN = -1;

    /** {@code mariadbd[1234]}. */
    public String text() {
        return name + "[" + pid + "]";
    }

    /** Of two reports about one process the one with more open files: which came later is not known. */
    public Owner withMoreOpenFiles(Owner other) {
        boolean fewer = openFiles == null || (other.openFiles != null && other.openFiles > openFiles);
        return fewer ? other : this;
    }

    static void write(@Nullable Owner owner, DataOutput output) throws IOException {
        output.writeBoolean(owner != null);
        if (owner != null) {
            output.writeInt(owner.pid);
            output.writeUTF(owner.name);
            output.writeInt(owner.fileDescriptor == null ? (int) UNKNOWN : owner.fileDescriptor);
            output.writeLong(owner.openFiles == null ? UNKNOWN : owner.openFiles);
            output.writeLong(owner.openFilesLimit == null ? UNKNOWN : owner.openFilesLimit);
        }
    }

    static @Nullable Owner read(DataInput input) throws IOException {
        if (!input.readBoolean()) {
            return null;
        }
        int pid = input.readInt();
        String name = input.readUTF();
        int descriptor = input.readInt();
        return new Owner(
                pid,
                name,
                descriptor == UNKNOWN ? null : (Integer) descriptor,
                known(input.readLong()),
                known(input.readLong()));
    }

    private static @Nullable Long known(long number) {
        return number == UNKNOWN ? null : (Long) number;
    }
}
