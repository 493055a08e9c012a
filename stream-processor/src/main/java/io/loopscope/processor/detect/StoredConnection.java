package io.loopscope.processor.detect;

import io.loopscope.processor.detect.Condition.Stage;
import io.loopscope.processor.detect.Condition.Telling;
import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpSettings;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The stored form of a connection: a version, what the TCP core writes, and the detector's part. */
final class StoredConnection {

    /** Where the TCP core's part begins. */
    private static final int CONNECTION = 1;

    /** Stands for "no rule": something that happened. */
    private static final int HAPPENED = 0xFF;

    private StoredConnection() {}

    /** The stored form. An idle connection may keep its state in the same octets: nobody may change them. */
    static byte[] bytes(Tracked tracked, Octets octets) throws IOException {
        int end = write(tracked, octets.clear());
        byte[] value = octets.toBytes();
        tracked.connection.share(value, CONNECTION, end);
        return value;
    }

    /** A connection that was read from these octets, which nobody may change, keeps them if it is idle. */
    static void share(Tracked tracked, byte[] stored, Octets octets) throws IOException {
        int end = write(tracked, octets.clear());
        if (octets.isEqualTo(stored)) {
            tracked.connection.share(stored, CONNECTION, end);
        }
    }

    /** @return where the TCP core's part ends */
    private static int write(Tracked tracked, Octets output) throws IOException {
        StoredVersion.write(output);
        tracked.connection.writeTo(output);
        int end = output.length();
        output.writeInt(tracked.events);
        output.writeBoolean(tracked.handshakeCounted);
        output.writeInt(tracked.retransmissions);
        output.writeLong(tracked.retransmissionsSince);
        output.writeShort(tracked.conditions.size());
        for (Condition condition : tracked.conditions) {
            write(condition, output);
        }
        KernelEnds kernel = tracked.kernel;
        output.writeBoolean(kernel != null);
        if (kernel != null) {
            kernel.writeTo(output);
        }
        return end;
    }

    private static void write(Condition condition, DataOutput output) throws IOException {
        Rule rule = condition.rule;
        output.writeByte(rule == null ? HAPPENED : Rules.ALL.indexOf(rule));
        StoredEnum.write(condition.name, output);
        StoredEnum.write(condition.side, output);
        StoredEnum.write(condition.stage, output);
        StoredEnum.write(condition.telling, output);
        StoredEnum.write(condition.severity, output);
        output.writeLong(condition.sinceNanos);
        output.writeLong(condition.openedNanos);
        output.writeLong(condition.clearedNanos);
        output.writeInt(condition.number);
        output.writeByte(condition.flaps);
        StoredTimer.write(condition, output);
        if (rule == null) {
            output.writeUTF(condition.happened);
            StoredEnum.write(condition.clearReason, output);
        }
    }

    static Tracked read(
            FourTuple tuple,
            TcpSettings settings,
            ConnectionTable table,
            ConditionEngine engine,
            Timers timers,
            DataInput input)
            throws IOException {
        int version = StoredVersion.read("connection", input);
        Tracked tracked = table.stored(Connection.readFrom(tuple, settings, input));
        tracked.events = input.readInt();
        tracked.handshakeCounted = input.readBoolean();
        tracked.retransmissions = input.readInt();
        tracked.retransmissionsSince = input.readLong();
        int conditions = input.readUnsignedShort();
        for (int i = 0; i < conditions; i++) {
            tracked.conditions.add(read(tracked, engine, timers, input));
        }
        if (version >= StoredVersion.WITH_TABLE && input.readBoolean()) {
            tracked.kernel = KernelEnds.readFrom(input, version >= StoredVersion.WITH_NAMES);
            tracked.connection.listenerIs(tracked.server());
        }
        return tracked;
    }

    private static Condition read(Tracked tracked, ConditionEngine engine, Timers timers, DataInput input)
            throws IOException {
        Rule rule = rule(input.readUnsignedByte());
        AnomalyName name = StoredEnum.read(AnomalyName.values(), input);
        Condition condition = new Condition(engine, tracked, name, StoredEnum.read(Side.values(), input), rule);
        condition.stage = StoredEnum.read(Stage.values(), input);
        condition.telling = StoredEnum.read(Telling.values(), input);
        condition.severity = StoredEnum.read(Severity.values(), input);
        condition.sinceNanos = input.readLong();
        condition.openedNanos = input.readLong();
        condition.clearedNanos = input.readLong();
        condition.number = input.readInt();
        condition.flaps = input.readUnsignedByte();
        StoredTimer.read(condition, timers, input);
        if (rule == null) {
            condition.happened = input.readUTF();
            condition.clearReason = StoredEnum.read(ClearReason.values(), input);
        }
        return condition;
    }

    private static @Nullable Rule rule(int index) throws IOException {
        if (index == HAPPENED) {
            return null;
        }
        if (index >= Rules.ALL.size()) {
            throw new IOException("stored by a later version: no rule number " + index);
        }
        return Rules.ALL.get(index);
    }
}
