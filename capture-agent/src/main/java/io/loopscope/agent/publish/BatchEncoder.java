package io.loopscope.agent.publish;

import io.loopscope.agent.parse.IpAddress;
import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.parse.TcpFlags;
import io.loopscope.agent.track.Item;
import io.loopscope.schemas.RecordHead;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.ConnectionRef;
import io.loopscope.schemas.v1.Fidelity;
import io.loopscope.schemas.v1.Run;
import io.loopscope.schemas.v1.Side;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.util.Utf8;

/**
 * Items straight into the octets of a {@link CaptureBatch}, field by field in the order of its schema: the generated
 * classes would need half a dozen objects for each segment.
 */
final class BatchEncoder {
    private static final int FIRST_SIZE = 16_384;
    /** Branches of a union of null and something. */
    private static final int ABSENT = 0;

    private static final int PRESENT = 1;
    private static final Schema SIDE =
            CapturedSegment.getClassSchema().getField("sender").schema();
    private static final int LOW = SIDE.getEnumOrdinal(Side.LOW.name());
    private static final int HIGH = SIDE.getEnumOrdinal(Side.HIGH.name());
    private static final Schema FIDELITY =
            ConnectionRef.getClassSchema().getField("fidelity").schema();
    private static final int ALL = FIDELITY.getEnumOrdinal(Fidelity.ALL.name());
    private static final int COALESCED = FIDELITY.getEnumOrdinal(Fidelity.COALESCED.name());
    private static final int CONTROL = FIDELITY.getEnumOrdinal(Fidelity.CONTROL.name());

    /** Room for the head, which may not be known before the batch is published. */
    private final byte[] headRoom;

    private final Utf8 hostId;
    private final Utf8 bootId;
    private final Utf8 interfaceName;
    private final long agentEpoch;
    private final long networkNamespace;
    private final ByteArrayOutputStream octets = new ByteArrayOutputStream(FIRST_SIZE);
    private final BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(octets, null);
    private final ByteBuffer address = ByteBuffer.allocate(16);

    BatchEncoder(Identity identity, String interfaceName, RecordHead head) {
        headRoom = new byte[head.octets()];
        hostId = new Utf8(identity.hostId());
        bootId = new Utf8(identity.bootId());
        agentEpoch = identity.agentEpoch();
        networkNamespace = identity.networkNamespace();
        this.interfaceName = new Utf8(interfaceName);
    }

    /** Begins a batch with all that comes before its connections. */
    void begin(long sequence, long baseTimeNs, long skippedBefore) throws IOException {
        octets.reset();
        octets.write(headRoom);
        encoder.writeString(hostId);
        encoder.writeString(bootId);
        encoder.writeLong(agentEpoch);
        encoder.writeLong(networkNamespace);
        encoder.writeString(interfaceName);
        encoder.writeLong(sequence);
        encoder.writeLong(baseTimeNs);
        encoder.writeLong(skippedBefore);
    }

    /** Begins the connections, or after them the items. */
    void beginArray(int count) throws IOException {
        encoder.writeArrayStart();
        encoder.setItemCount(count);
    }

    void endArray() throws IOException {
        encoder.writeArrayEnd();
    }

    void connection(Item item, boolean fromLow) throws IOException {
        SegmentHeader example = item.header();
        encoder.startItem();
        if (fromLow) {
            socket(example.sourceHigh(), example.sourceLow(), example.sourcePort());
            socket(example.destinationHigh(), example.destinationLow(), example.destinationPort());
        } else {
            socket(example.destinationHigh(), example.destinationLow(), example.destinationPort());
            socket(example.sourceHigh(), example.sourceLow(), example.sourcePort());
        }
        encoder.writeEnum(
                switch (item.fidelity()) {
                    case ALL -> ALL;
                    case COALESCED -> COALESCED;
                    case CONTROL -> CONTROL;
                });
    }

    private void socket(long high, long low, int port) throws IOException {
        address.clear();
        if (IpAddress.isIpv4(high, low)) {
            address.putInt((int) low);
        } else {
            address.putLong(high).putLong(low);
        }
        encoder.writeBytes(address.array(), 0, address.position());
        encoder.writeInt(port);
    }

    void item(Item item, int connection, boolean fromLow, long baseTimeNs) throws IOException {
        SegmentHeader first = item.header();
        encoder.startItem();
        encoder.writeInt(connection);
        encoder.writeEnum(fromLow ? LOW : HIGH);
        encoder.writeLong(item.timeNs() - baseTimeNs);
        encoder.writeInt(item.flags());
        encoder.writeLong(first.sequence());
        encoder.writeLong(first.acknowledgment());
        encoder.writeInt(first.window());
        encoder.writeLong(item.payloadOctets());
        optionOfSyn(first.maximumSegmentSize());
        optionOfSyn(first.windowScale());
        encoder.writeBoolean(first.sackPermitted());
        optional(first.hasTimestamps(), first.timestampValue());
        optional(first.hasTimestamps(), first.timestampEchoReply());
        // Numbers are written alike whether their type is int or long.
        optional((first.flags() & TcpFlags.URG) != 0, first.urgentPointer());
        if (item.isRun()) {
            encoder.writeIndex(PRESENT);
            run(item);
        } else {
            absent();
        }
    }

    /** The fields of {@link Run}. */
    private void run(Item item) throws IOException {
        boolean timestamps = item.header().hasTimestamps();
        encoder.writeInt(item.segments());
        encoder.writeLong(item.lastTimeNs() - item.timeNs());
        encoder.writeLong(item.nextSequence());
        encoder.writeLong(item.lastAcknowledgment());
        encoder.writeInt(item.lastWindow());
        encoder.writeInt(item.minWindow());
        encoder.writeInt(item.maxWindow());
        optional(timestamps, item.lastTimestampValue());
        optional(timestamps, item.lastTimestampEcho());
    }

    private void optionOfSyn(int value) throws IOException {
        optional(value != SegmentHeader.ABSENT, value);
    }

    private void optional(boolean present, long value) throws IOException {
        if (present) {
            encoder.writeIndex(PRESENT);
            encoder.writeLong(value);
        } else {
            absent();
        }
    }

    private void absent() throws IOException {
        encoder.writeIndex(ABSENT);
        encoder.writeNull();
    }

    /** All of the batch, with room for its head. */
    byte[] end() throws IOException {
        encoder.flush();
        return octets.toByteArray();
    }
}
