package io.loopscope.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.ConnectionRef;
import io.loopscope.schemas.v1.Fidelity;
import io.loopscope.schemas.v1.Run;
import io.loopscope.schemas.v1.Side;
import io.loopscope.schemas.v1.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchReaderTest {
    private static final byte[] KEY = Records.HOST.getBytes(StandardCharsets.UTF_8);

    private final RecordCodec codec = new RecordCodec();
    private final BatchReader reader = new BatchReader(codec);
    private final CaptureReader longWay = new CaptureReader(codec);

    /** After an addition to the schema: teach the reader the new field, and keep a reader of the layout before. */
    @Test
    void isWrittenForTheCurrentSchema() {
        assertThat(BatchReader.LAYOUT).isEqualTo(BatchReader.currentLayout());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void readsWhatTheLongWayReads(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 50; i++) {
            byte[] value = codec.encode(batch(random));
            assertThat(reader.read(KEY, value)).isEqualTo(CaptureRecords.delivery(longWay.read(KEY, value)));
        }
    }

    @Test
    void whatIsOutOfRangeGoesTheLongWay() {
        assertThatLongWayRefuses(batch -> batch.setBatchSequence(-1L));
        assertThatLongWayRefuses(batch -> batch.setSkippedBefore(-1L));
        assertThatLongWayRefuses(batch -> batch.setBaseTimeNs(-1L));
        assertThatLongWayRefuses(batch -> batch.setAgentEpoch(Long.MAX_VALUE));
        assertThatLongWayRefuses(batch -> batch.setHostId("another"));
        assertThatLongWayRefuses(batch -> batch.setConnections(List.of()));
        assertThatLongWayRefuses(batch ->
                batch.setConnections(List.of(new ConnectionRef(Records.CLIENT, Records.SERVER, Fidelity.ALL))));
        assertThatLongWayRefuses(first(segment -> segment.setConnection(1)));
        assertThatLongWayRefuses(first(segment -> segment.setConnection(-1)));
        assertThatLongWayRefuses(first(segment -> segment.setSender(Side.UNKNOWN)));
        assertThatLongWayRefuses(first(segment -> segment.setTimeDeltaNs(Long.MAX_VALUE)));
        assertThatLongWayRefuses(first(segment -> segment.setFlags(0x200)));
        assertThatLongWayRefuses(first(segment -> segment.setSequence(1L << 32)));
        assertThatLongWayRefuses(first(segment -> segment.setAcknowledgment(-1L)));
        assertThatLongWayRefuses(first(segment -> segment.setWindow(65_536)));
        assertThatLongWayRefuses(first(segment -> segment.setPayloadOctets(1L << 32)));
        assertThatLongWayRefuses(first(segment -> segment.setMaximumSegmentSize(-2)));
        assertThatLongWayRefuses(first(segment -> segment.setWindowScale(256)));
        assertThatLongWayRefuses(first(segment -> segment.setTimestampValue(-1L)));
        assertThatLongWayRefuses(first(segment -> segment.setUrgentPointer(65_536)));
        assertThatLongWayRefuses(first(segment -> segment.setRun(new Run(1, 0L, 0L, 0L, 0, 0, 0, null, null))));
        assertThatLongWayRefuses(first(segment -> segment.setRun(new Run(2, -1L, 0L, 0L, 0, 0, 0, null, null))));
        assertThatLongWayRefuses(first(segment -> segment.setRun(new Run(2, 0L, -1L, 0L, 0, 0, 0, null, null))));
        assertThatLongWayRefuses(first(segment -> segment.setRun(new Run(2, 0L, 0L, 0L, 0, 70_000, 0, null, null))));
    }

    @Test
    void recordCutShortGoesTheLongWay() {
        byte[] value = codec.encode(batch(new Random(9)));
        for (int length = 0; length < value.length; length++) {
            assertThat(reader.read(KEY, Arrays.copyOf(value, length)))
                    .as("%d of %d octets", length, value.length)
                    .isNull();
        }
    }

    @Test
    void otherRecordsGoTheLongWay() {
        assertThat(reader.read(KEY, codec.encode(Records.heartbeat(1, 1).build())))
                .isNull();
        assertThat(reader.read(KEY, null)).isNull();
        assertThat(reader.read(null, codec.encode(batch(new Random(1))))).isNull();
    }

    private void assertThatLongWayRefuses(Consumer<CaptureBatch> spoiling) {
        CaptureBatch batch =
                Records.batch(0, Records.segment(Side.LOW, 0x10, 1, 1).build()).build();
        spoiling.accept(batch);
        byte[] value = codec.encode(batch);
        assertThat(reader.read(KEY, value)).isNull();
        assertThatThrownBy(() -> longWay.delivery(KEY, value)).isInstanceOf(UnusableRecordException.class);
    }

    private static Consumer<CaptureBatch> first(Consumer<CapturedSegment> spoiling) {
        return batch -> spoiling.accept(batch.getSegments().get(0));
    }

    private static CaptureBatch batch(Random random) {
        List<ConnectionRef> connections = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(5); i++) {
            connections.add(new ConnectionRef(Records.loopback(i + 1), socket(random), fidelity(random)));
        }
        List<CapturedSegment> segments = new ArrayList<>();
        for (int i = random.nextInt(60); i > 0; i--) {
            segments.add(segment(random, random.nextInt(connections.size())));
        }
        CaptureBatch batch = Records.batch(random.nextInt(1_000)).build();
        batch.setSkippedBefore(random.nextLong() >>> random.nextInt(1, 64));
        batch.setConnections(connections);
        batch.setSegments(segments);
        return batch;
    }

    private static Fidelity fidelity(Random random) {
        List<Fidelity> all = List.of(Fidelity.ALL, Fidelity.COALESCED, Fidelity.CONTROL);
        return all.get(random.nextInt(all.size()));
    }

    /** Sorts behind every {@link Records#loopback} of a small port. */
    private static SocketAddress socket(Random random) {
        byte[] address = new byte[random.nextBoolean() ? 4 : 16];
        random.nextBytes(address);
        address[0] = (byte) 0xF0;
        return new SocketAddress(ByteBuffer.wrap(address), random.nextInt(65_536));
    }

    private static CapturedSegment segment(Random random, int connection) {
        CapturedSegment segment = Records.segment(
                        random.nextBoolean() ? Side.LOW : Side.HIGH,
                        random.nextInt(0x200),
                        random.nextLong(1L << 32),
                        random.nextLong(1L << 32))
                .setConnection(connection)
                .setTimeDeltaNs(random.nextLong(-1_000, 1_000_000_000))
                .setWindow(random.nextInt(65_536))
                .setPayloadOctets(random.nextInt(70_000))
                .setSackPermitted(random.nextBoolean())
                .build();
        segment.setMaximumSegmentSize(random.nextBoolean() ? random.nextInt(65_536) : null);
        segment.setWindowScale(random.nextBoolean() ? random.nextInt(256) : null);
        segment.setTimestampValue(random.nextBoolean() ? random.nextLong(1L << 32) : null);
        segment.setTimestampEcho(random.nextBoolean() ? random.nextLong(1L << 32) : null);
        segment.setUrgentPointer(random.nextBoolean() ? random.nextInt(65_536) : null);
        if (random.nextBoolean()) {
            segment.setRun(run(random));
        }
        return segment;
    }

    private static Run run(Random random) {
        return new Run(
                random.nextInt(2, 100),
                random.nextLong(1_000_000_000),
                random.nextLong(1L << 32),
                random.nextLong(1L << 32),
                random.nextInt(65_536),
                random.nextInt(65_536),
                random.nextInt(65_536),
                random.nextBoolean() ? random.nextLong(1L << 32) : null,
                random.nextBoolean() ? random.nextLong(1L << 32) : null);
    }
}
