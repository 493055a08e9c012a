package io.loopscope.processor.streams;

import static io.loopscope.processor.streams.CaptureReaderTest.assertReason;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.detect.CaptureTotals;
import io.loopscope.processor.tcp.Address;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Options;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CaptureStatistics;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.ConnectionRef;
import io.loopscope.schemas.v1.Fidelity;
import io.loopscope.schemas.v1.Run;
import io.loopscope.schemas.v1.Side;
import io.loopscope.schemas.v1.SocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class CaptureRecordsTest {

    @Test
    void synBecomesASegmentOfItsFourTuple() {
        CapturedSegment syn = Records.segment(Side.HIGH, 0x02, 4294967295L, 0)
                .setTimeDeltaNs(5)
                .setMaximumSegmentSize(65495)
                .setWindowScale(7)
                .setSackPermitted(true)
                .setTimestampValue(4294967295L)
                .setTimestampEcho(0L)
                .build();

        Delivery.Captured captured = only(Records.batch(3, syn).build());

        assertThat(captured.fourTuple())
                .isEqualTo(FourTuple.of(Records.NAMESPACE, Address.LOOPBACK_4, 59994, Address.LOOPBACK_4, 13306));
        assertThat(captured.segment())
                .isEqualTo(new Segment(
                        io.loopscope.processor.tcp.Side.HIGH,
                        Records.START + 5,
                        0x02,
                        -1,
                        0,
                        65535,
                        0,
                        0,
                        new Options(65495, 7, true, true, -1, 0),
                        null));
    }

    @Test
    void runTellsItsFirstAndItsLastSegment() {
        CapturedSegment run = Records.segment(Side.LOW, 0x18, 1000, 500)
                .setTimeDeltaNs(10)
                .setPayloadOctets(30_000)
                .setTimestampValue(1L)
                .setTimestampEcho(2L)
                .setRun(new Run(3, 90L, 31_000L, 700L, 400, 300, 65535, 11L, 12L))
                .build();

        Segment segment = only(Records.batch(0, run).build()).segment();

        assertThat(segment)
                .isEqualTo(new Segment(
                        io.loopscope.processor.tcp.Side.LOW,
                        Records.START + 100,
                        0x18,
                        1000,
                        700,
                        400,
                        30_000,
                        0,
                        Options.timestamps(11, 12),
                        new io.loopscope.processor.tcp.Run(3, Records.START + 10, 31_000, 300, 65535)));
    }

    @Test
    void plainSegmentSharesTheEmptyOptions() {
        Segment segment = only(Records.batch(
                                0, Records.segment(Side.LOW, 0x10, 1, 1).build())
                        .build())
                .segment();

        assertThat(segment.options()).isSameAs(Options.NONE);
    }

    @Test
    void heartbeatAddsUpWhatWasLost() {
        var statistics = CaptureStatistics.newBuilder(Records.statistics(1000, 1))
                .setInterfaceDropped(2)
                .setQueueDropped(4)
                .setShed(8)
                .setShedData(5)
                .setShedAcknowledgments(3)
                .setExcludedOwn(16)
                .setExcludedBySetting(32)
                .setMalformed(64)
                .setNotTcp(128)
                .setPublished(900)
                .setPublishFailed(256)
                .setByReason(Map.of("short", 64L))
                .build();

        Delivery delivery = CaptureRecords.delivery(
                Records.heartbeat(Records.START, 9).setStatistics(statistics).build());

        assertThat(delivery).isInstanceOfSatisfying(Delivery.SignOfLife.class, sign -> {
            assertThat(sign.totals()).isEqualTo(new CaptureTotals(1000, 1 + 2 + 4 + 8 + 256));
            assertThat(sign.nextBatch()).isEqualTo(9);
        });
    }

    @Nested
    class OutOfRange {
        @Test
        void numbersOfASegment() {
            refuses(segment -> segment.setConnection(1));
            refuses(segment -> segment.setConnection(-1));
            refuses(segment -> segment.setSender(Side.UNKNOWN));
            refuses(segment -> segment.setFlags(512));
            refuses(segment -> segment.setFlags(-1));
            refuses(segment -> segment.setSequence(1L << 32));
            refuses(segment -> segment.setSequence(-1));
            refuses(segment -> segment.setAcknowledgment(1L << 32));
            refuses(segment -> segment.setWindow(65536));
            refuses(segment -> segment.setPayloadOctets(-1));
            refuses(segment -> segment.setPayloadOctets(1L << 33));
            refuses(segment -> segment.setTimeDeltaNs(Long.MAX_VALUE));
            refuses(segment -> segment.setTimeDeltaNs(-Records.START - 1));
            refuses(segment -> segment.setMaximumSegmentSize(65536));
            refuses(segment -> segment.setWindowScale(256));
            refuses(segment -> segment.setTimestampValue(-1L));
            refuses(segment -> segment.setTimestampValue(1L).setTimestampEcho(1L << 32));
            refuses(segment -> segment.setUrgentPointer(65536));
        }

        @Test
        void numbersOfARun() {
            refuses(segment -> segment.setRun(new Run(1, 0L, 1L, 1L, 1, 1, 1, null, null)));
            refuses(segment -> segment.setRun(new Run(2, -1L, 1L, 1L, 1, 1, 1, null, null)));
            refuses(segment -> segment.setRun(new Run(2, 0L, -1L, 1L, 1, 1, 1, null, null)));
            refuses(segment -> segment.setRun(new Run(2, 0L, 1L, -1L, 1, 1, 1, null, null)));
            refuses(segment -> segment.setRun(new Run(2, 0L, 1L, 1L, 65536, 1, 1, null, null)));
            refuses(segment -> segment.setRun(new Run(2, 0L, 1L, 1L, 1, -1, 1, null, null)));
            refuses(segment -> segment.setRun(new Run(2, 0L, 1L, 1L, 1, 1, 65536, null, null)));
        }

        @Test
        void numbersOfABatch() {
            refusesBatch(batch -> batch.setBatchSequence(-1));
            refusesBatch(batch -> batch.setSkippedBefore(-1));
            refusesBatch(batch -> batch.setBaseTimeNs(-1));
            refusesBatch(batch -> batch.setBaseTimeNs(Long.MAX_VALUE));
            refusesBatch(batch -> batch.setAgentEpoch(-1));
        }

        @Test
        void socketsOfAConnection() {
            refusesConnection(Records.CLIENT, Records.SERVER);
            refusesConnection(Records.SERVER, Records.loopback(65536));
            refusesConnection(Records.loopback(-1), Records.SERVER);
            refusesConnection(Records.SERVER, new SocketAddress(ByteBuffer.wrap(new byte[5]), 80));
        }

        @Test
        void higherSideOfAConnectionToItself() {
            var batch = Records.batch(0, Records.segment(Side.HIGH, 2, 1, 0).build())
                    .setConnections(List.of(new ConnectionRef(Records.SERVER, Records.SERVER, Fidelity.ALL)));

            assertReason(() -> CaptureRecords.delivery(batch.build()), DeadLetterReason.OUT_OF_RANGE);
        }

        @Test
        void numbersOfAHeartbeat() {
            assertReason(
                    () -> CaptureRecords.delivery(Records.heartbeat(-1, 0).build()), DeadLetterReason.OUT_OF_RANGE);
            assertReason(
                    () -> CaptureRecords.delivery(Records.heartbeat(1, -1).build()), DeadLetterReason.OUT_OF_RANGE);
            assertReason(
                    () -> CaptureRecords.delivery(
                            Records.heartbeat(1, 0).setIntervalMs(0).build()),
                    DeadLetterReason.OUT_OF_RANGE);
            assertReason(
                    () -> CaptureRecords.delivery(Records.heartbeat(1, 0)
                            .setStatistics(Records.statistics(1, -5))
                            .build()),
                    DeadLetterReason.OUT_OF_RANGE);
        }

        private void refuses(Consumer<CapturedSegment.Builder> change) {
            CapturedSegment.Builder segment = Records.segment(Side.LOW, 0x10, 1, 1);
            change.accept(segment);
            CaptureBatch batch = Records.batch(0, segment.build()).build();
            assertReason(() -> CaptureRecords.delivery(batch), DeadLetterReason.OUT_OF_RANGE);
        }

        private void refusesBatch(Consumer<CaptureBatch.Builder> change) {
            CaptureBatch.Builder batch =
                    Records.batch(0, Records.segment(Side.LOW, 0x10, 1, 1).build());
            change.accept(batch);
            assertReason(() -> CaptureRecords.delivery(batch.build()), DeadLetterReason.OUT_OF_RANGE);
        }

        private void refusesConnection(SocketAddress low, SocketAddress high) {
            CaptureBatch.Builder batch =
                    Records.batch(0).setConnections(List.of(new ConnectionRef(low, high, Fidelity.ALL)));
            assertReason(() -> CaptureRecords.delivery(batch.build()), DeadLetterReason.OUT_OF_RANGE);
        }
    }

    private static Delivery.Captured only(CaptureBatch batch) {
        Delivery delivery = CaptureRecords.delivery(batch);
        assertThat(delivery).isInstanceOf(Delivery.Batch.class);
        List<Delivery.Captured> segments = ((Delivery.Batch) delivery).segments();
        assertThat(segments).hasSize(1);
        return segments.get(0);
    }
}
