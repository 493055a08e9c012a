package io.loopscope.processor.tcp;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The stored form of a {@link Connection}.
 *
 * <pre>
 * version      1 octet, {@value #VERSION}
 * incarnations number; nothing follows when it is 0
 * started      8 octets, nanoseconds since the epoch: the origin of all other times
 * listener     side or null
 * earlier      truths (low known, high known), each ISN
 * last applied time and 4 octets fingerprint, for each side
 * challenger   truths (there is one, only control segments are captured), then a {@link SegmentCodec segment}
 * current      {@link IncarnationCodec incarnation} with both {@link EndpointCodec endpoints}
 * </pre>
 *
 * Numbers, times, truths and enum constants are as {@link StateOutput} says. A new version adds at the end, and reads all
 * older ones.
 */
final class ConnectionCodec {

    static final int VERSION = 1;

    private ConnectionCodec() {}

    static void write(Connection connection, DataOutput target) throws IOException {
        PackedIncarnation packed = connection.packed;
        long startedNanos = packed == null ? connection.current().startedNanos : packed.startedNanos();
        var output = new StateOutput(target, startedNanos);
        output.octet(VERSION);
        output.number(connection.incarnations);
        if (connection.incarnations == 0) {
            return;
        }
        output.fixed(startedNanos);
        output.constant(connection.listeningSide);
        Earlier earlier = connection.earlier;
        output.truths(earlier.lowKnown(), earlier.highKnown());
        output.sequence(earlier.lowInitial());
        output.sequence(earlier.highInitial());
        output.time(connection.lastOfLow.atNanos);
        output.fixed(connection.lastOfLow.fingerprint);
        output.time(connection.lastOfHigh.atNanos);
        output.fixed(connection.lastOfHigh.fingerprint);
        output.truths(connection.challenger != null, connection.controlOnly);
        if (connection.challenger != null) {
            SegmentCodec.write(connection.challenger, output);
        }
        if (packed == null) {
            IncarnationCodec.write(connection.current(), output);
        } else {
            packed.writeTo(target);
        }
    }

    /** Where the time of start is in the stored form of a connection. */
    static int startedAt(Connection connection) {
        int at = 2;
        for (int rest = connection.incarnations >>> 7; rest != 0; rest >>>= 7) {
            at++;
        }
        return at;
    }

    static Connection read(FourTuple fourTuple, TcpSettings settings, DataInput source) throws IOException {
        var connection = new Connection(fourTuple, settings);
        int version = source.readUnsignedByte();
        if (version != VERSION) {
            throw new IOException("stored connection has version " + version + ", this release reads " + VERSION);
        }
        connection.incarnations = new StateInput(source, 0).count();
        if (connection.incarnations > 0) {
            readCurrent(connection, source);
        }
        return connection;
    }

    private static void readCurrent(Connection connection, DataInput source) throws IOException {
        long startedNanos = source.readLong();
        var input = new StateInput(source, startedNanos);
        connection.listeningSide = input.constantOrNull(Side.values());
        int known = input.count();
        int lowInitial = input.sequence();
        int highInitial = input.sequence();
        connection.earlier = new Earlier((known & 1) != 0, lowInitial, (known & 2) != 0, highInitial).shared();
        connection.lastOfLow.atNanos = input.time();
        connection.lastOfLow.fingerprint = input.fixedInt();
        connection.lastOfHigh.atNanos = input.time();
        connection.lastOfHigh.fingerprint = input.fixedInt();
        int truths = input.count();
        connection.controlOnly = (truths & 2) != 0;
        if ((truths & 1) != 0) {
            connection.challenger = SegmentCodec.read(input);
        }
        connection.restored(IncarnationCodec.read(connection, startedNanos, input));
    }
}
