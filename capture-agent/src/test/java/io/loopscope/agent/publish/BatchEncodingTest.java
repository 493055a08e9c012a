package io.loopscope.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.parse.TcpFlags;
import io.loopscope.agent.testing.Headers;
import io.loopscope.agent.testing.PacketBytes;
import io.loopscope.agent.testing.PacketBytes.TcpBytes;
import io.loopscope.agent.track.Item;
import io.loopscope.agent.track.Items;
import io.loopscope.schemas.ConnectionKey;
import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.ConnectionRef;
import io.loopscope.schemas.v1.Fidelity;
import io.loopscope.schemas.v1.Run;
import io.loopscope.schemas.v1.Side;
import io.loopscope.schemas.v1.SocketAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The encoding by hand against the generated classes. */
class BatchEncodingTest {
    private static final int MOST_ITEMS = 200;
    private static final List<String> ADDRESSES = List.of("127.0.0.1", "127.0.0.2", "192.168.1.9", "255.255.255.255");
    private static final List<String> ADDRESSES_6 = List.of("::1", "fe80::1", "2001:db8::ffff", "8000::");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aReaderGetsWhatWasCaptured(long seed) {
        Random random = new Random(seed);
        Identity identity = new Identity("höst-" + seed, "boot", random.nextLong(), random.nextLong());
        BatchBuilder builder = new BatchBuilder(identity, "lo", MOST_ITEMS);
        RecordCodec codec = new RecordCodec();
        for (int sequence = 0; sequence < 5; sequence++) {
            List<Item> items = items(random);
            items.forEach(builder::add);
            long skipped = random.nextLong(1_000);
            EncodedBatch encoded = builder.take(skipped);
            CaptureBatch batch = (CaptureBatch) codec.decode(encoded.octets());
            assertThat(codec.encode(batch)).isEqualTo(encoded.octets());
            assertThat(batch.getHostId()).isEqualTo(identity.hostId());
            assertThat(batch.getBootId()).isEqualTo("boot");
            assertThat(batch.getAgentEpoch()).isEqualTo(identity.agentEpoch());
            assertThat(batch.getNetworkNamespace()).isEqualTo(identity.networkNamespace());
            assertThat(batch.getInterface$()).isEqualTo("lo");
            assertThat(batch.getBatchSequence()).isEqualTo(sequence);
            assertThat(batch.getSkippedBefore()).isEqualTo(skipped);
            assertThat(batch.getConnections()).doesNotHaveDuplicates();
            assertThat(encoded.segments())
                    .isEqualTo(items.stream().mapToLong(Item::segments).sum());
            assertThat(batch.getSegments()).hasSameSizeAs(items);
            for (int i = 0; i < items.size(); i++) {
                assertThat(batch.getSegments().get(i)).isEqualTo(expected(items.get(i), batch, i));
            }
        }
    }

    private static List<Item> items(Random random) {
        List<Item> items = new ArrayList<>();
        int count = 1 + random.nextInt(MOST_ITEMS);
        for (int i = 0; i < count; i++) {
            List<SegmentHeader> segments = new ArrayList<>();
            boolean six = random.nextBoolean();
            List<String> addresses = six ? ADDRESSES_6 : ADDRESSES;
            String source = addresses.get(random.nextInt(4));
            String destination = addresses.get(random.nextInt(4));
            int sourcePort = 1 + random.nextInt(random.nextBoolean() ? 3 : 65_535);
            int destinationPort = 1 + random.nextInt(random.nextBoolean() ? 3 : 65_535);
            int length = random.nextBoolean() ? 1 : 1 + random.nextInt(5);
            for (int n = 0; n < length; n++) {
                segments.add(Headers.of(source, destination, segment(random).ports(sourcePort, destinationPort)));
            }
            items.add(Items.run(segments, random.nextLong(1L << 61), random.nextLong(1L << 30)));
        }
        return items;
    }

    private static TcpBytes segment(Random random) {
        TcpBytes segment = PacketBytes.tcp()
                .flags(random.nextInt(TcpFlags.MASK + 1))
                .sequence(random.nextLong(1L << 32))
                .acknowledgment(random.nextLong(1L << 32))
                .window(random.nextInt(1 << 16))
                .urgentPointer(random.nextInt(1 << 16))
                .payload(random.nextInt(2_000));
        return switch (random.nextInt(4)) {
            case 0 ->
                segment.options("0204%04x 0402 01 0303%02x".formatted(random.nextInt(1 << 16), random.nextInt(256)));
            case 1 -> segment.options("0101080a %08x %08x".formatted(random.nextInt(), random.nextInt()));
            default -> segment;
        };
    }

    private static CapturedSegment expected(Item item, CaptureBatch batch, int index) {
        SegmentHeader first = item.header();
        InetSocketAddress source = ConnectionKey.socket(first.sourceAddress(), first.sourcePort());
        InetSocketAddress destination = ConnectionKey.socket(first.destinationAddress(), first.destinationPort());
        boolean low = ConnectionKey.CANONICAL_ORDER.compare(source, destination) <= 0;
        int connection = batch.getSegments().get(index).getConnection();
        ConnectionRef ends = batch.getConnections().get(connection);
        assertThat(ends.getFidelity()).isEqualTo(Fidelity.COALESCED);
        assertThat(List.of(socket(ends.getLow()), socket(ends.getHigh())))
                .isEqualTo(low ? List.of(source, destination) : List.of(destination, source));
        CapturedSegment segment = new CapturedSegment();
        segment.setConnection(connection);
        segment.setSender(low ? Side.LOW : Side.HIGH);
        segment.setTimeDeltaNs(item.timeNs() - batch.getBaseTimeNs());
        segment.setFlags(item.flags());
        segment.setSequence(first.sequence());
        segment.setAcknowledgment(first.acknowledgment());
        segment.setWindow(first.window());
        segment.setPayloadOctets(item.payloadOctets());
        segment.setMaximumSegmentSize(
                first.maximumSegmentSize() == SegmentHeader.ABSENT
                        ? null
                        : Integer.valueOf(first.maximumSegmentSize()));
        segment.setWindowScale(
                first.windowScale() == SegmentHeader.ABSENT ? null : Integer.valueOf(first.windowScale()));
        segment.setSackPermitted(first.sackPermitted());
        segment.setTimestampValue(first.hasTimestamps() ? Long.valueOf(first.timestampValue()) : null);
        segment.setTimestampEcho(first.hasTimestamps() ? Long.valueOf(first.timestampEchoReply()) : null);
        boolean urgent = (first.flags() & TcpFlags.URG) != 0;
        segment.setUrgentPointer(urgent ? Integer.valueOf(first.urgentPointer()) : null);
        segment.setRun(item.isRun() ? run(item) : null);
        return segment;
    }

    private static Run run(Item item) {
        @Nullable Long value = item.header().hasTimestamps() ? Long.valueOf(item.lastTimestampValue()) : null;
        @Nullable Long echo = item.header().hasTimestamps() ? Long.valueOf(item.lastTimestampEcho()) : null;
        return new Run(
                item.segments(),
                item.lastTimeNs() - item.timeNs(),
                item.nextSequence(),
                item.lastAcknowledgment(),
                item.lastWindow(),
                item.minWindow(),
                item.maxWindow(),
                value,
                echo);
    }

    private static InetSocketAddress socket(SocketAddress socket) {
        byte[] octets = new byte[socket.getAddress().remaining()];
        socket.getAddress().duplicate().get(octets);
        return ConnectionKey.socket(octets, socket.getPort());
    }

    @Test
    void aConnectionSaysHowMuchOfItIsPublished() {
        RecordCodec codec = new RecordCodec();
        BatchBuilder builder = new BatchBuilder(new Identity("h", "", 1, 0), "lo", MOST_ITEMS);
        SegmentHeader segment = Headers.of("::1", "::1", PacketBytes.tcp());
        for (io.loopscope.agent.track.Fidelity fidelity : io.loopscope.agent.track.Fidelity.values()) {
            builder.add(Items.of(segment, 1, fidelity));
            CaptureBatch batch = (CaptureBatch) codec.decode(builder.take(0).octets());
            assertThat(batch.getConnections().get(0).getFidelity().name()).isEqualTo(fidelity.name());
        }
    }

    /** Who adds a field to a schema has to write it in {@link BatchEncoder}, and then to add it here. */
    @Test
    void everyFieldOfTheSchemasIsWritten() {
        assertThat(fields(CaptureBatch.getClassSchema()))
                .containsExactly(
                        "host_id",
                        "boot_id",
                        "agent_epoch",
                        "network_namespace",
                        "interface",
                        "batch_sequence",
                        "base_time_ns",
                        "skipped_before",
                        "connections",
                        "segments");
        assertThat(fields(ConnectionRef.getClassSchema())).containsExactly("low", "high", "fidelity");
        assertThat(fields(SocketAddress.getClassSchema())).containsExactly("address", "port");
        assertThat(fields(CapturedSegment.getClassSchema()))
                .containsExactly(
                        "connection",
                        "sender",
                        "time_delta_ns",
                        "flags",
                        "sequence",
                        "acknowledgment",
                        "window",
                        "payload_octets",
                        "maximum_segment_size",
                        "window_scale",
                        "sack_permitted",
                        "timestamp_value",
                        "timestamp_echo",
                        "urgent_pointer",
                        "run");
        assertThat(fields(Run.getClassSchema()))
                .containsExactly(
                        "segments",
                        "last_time_delta_ns",
                        "next_sequence",
                        "last_acknowledgment",
                        "last_window",
                        "min_window",
                        "max_window",
                        "last_timestamp_value",
                        "last_timestamp_echo");
    }

    private static List<String> fields(Schema schema) {
        return schema.getFields().stream().map(Schema.Field::name).toList();
    }
}
