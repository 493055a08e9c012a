package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Address;
import io.loopscope.processor.tcp.FourTuple;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.TreeSet;

/**
 * Which addresses are this host's. Only where both ends are local does the table know both: an end that is missing there
 * does not exist.
 */
final class LocalAddresses {

    /** A host with more addresses than that has its further ones taken for remote: less is concluded, nothing wrong. */
    private static final int REMEMBERED = 256;

    private final TreeSet<Address> seen = new TreeSet<>();

    /** A socket has it as its own. */
    void add(Address address) {
        if (!address.isLoopback() && !address.isUnspecified() && seen.size() < REMEMBERED) {
            seen.add(address);
        }
    }

    boolean both(FourTuple tuple) {
        return tuple.low().equals(tuple.high()) || (isLocal(tuple.low()) && isLocal(tuple.high()));
    }

    private boolean isLocal(Address address) {
        return address.isLoopback() || seen.contains(address);
    }

    void writeTo(DataOutput output) throws IOException {
        output.writeShort(seen.size());
        for (Address address : seen) {
            output.writeLong(address.high());
            output.writeLong(address.low());
        }
    }

    void readFrom(DataInput input) throws IOException {
        for (int left = input.readUnsignedShort(); left > 0; left--) {
            seen.add(new Address(input.readLong(), input.readLong()));
        }
    }
}
