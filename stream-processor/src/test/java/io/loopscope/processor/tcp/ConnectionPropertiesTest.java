package io.loopscope.processor.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What holds for all traffic. A failure names the seed that shows it. */
class ConnectionPropertiesTest {

    private static final int SEEDS = Integer.getInteger("seeds", 400);
    private static final FourTuple TUPLE = FourTuple.of(1, Address.LOOPBACK_4, 59994, Address.LOOPBACK_4, 13306);

    /** Everything that is told, in words. */
    private static final class Recorder implements ConnectionListener {
        final List<String> changes = new ArrayList<>();
        final List<String> notices = new ArrayList<>();
        private final boolean mirrored;

        Recorder(boolean mirrored) {
            this.mirrored = mirrored;
        }

        private Side side(Side side) {
            return mirrored ? side.peer() : side;
        }

        @Override
        public void opened(Connection connection, long atNanos) {
            changes.add("opened " + atNanos);
        }

        @Override
        public void stateChanged(
                Connection connection, Side side, TcpState from, TcpState to, Signal cause, long atNanos) {
            changes.add(side(side) + " " + from + " " + to + " " + cause + " " + atNanos);
        }

        @Override
        public void closed(Connection connection, CloseReason reason, long atNanos) {
            changes.add("closed " + reason + " " + atNanos);
        }

        @Override
        public void noticed(Connection connection, Notice notice, Side side, long atNanos) {
            notices.add(side(side) + " " + notice + " " + atNanos);
        }
    }

    private static byte[] stored(Connection connection) {
        var octets = new ByteArrayOutputStream();
        try {
            connection.writeTo(new DataOutputStream(octets));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return octets.toByteArray();
    }

    private static Recorder play(List<Segment> segments, Connection connection, boolean mirrored) {
        var recorder = new Recorder(mirrored);
        segments.forEach(segment -> connection.apply(segment, recorder));
        connection.at(segments.get(segments.size() - 1).atNanos() + 300_000_000_000L, recorder);
        return recorder;
    }

    private static Segment moved(Segment segment, int shift) {
        return new Segment(
                segment.sender(),
                segment.atNanos(),
                segment.flags(),
                segment.sequence() + shift,
                segment.ack() ? segment.acknowledgment() + shift : segment.acknowledgment(),
                segment.window(),
                segment.payloadOctets(),
                segment.urgentPointer(),
                segment.options(),
                segment.run());
    }

    private static Segment mirrored(Segment segment) {
        return new Segment(
                segment.sender().peer(),
                segment.atNanos(),
                segment.flags(),
                segment.sequence(),
                segment.acknowledgment(),
                segment.window(),
                segment.payloadOctets(),
                segment.urgentPointer(),
                segment.options(),
                segment.run());
    }

    @Test
    void everySegmentTwiceIsTheSameAsOnce() {
        for (int seed = 0; seed < SEEDS; seed++) {
            var connection = new Connection(TUPLE, TcpSettings.DEFAULT);
            for (Segment segment : RandomTraffic.of(seed, true)) {
                connection.apply(segment, ConnectionListener.NONE);
                byte[] once = stored(connection);
                var again = new Recorder(false);
                connection.apply(segment, again);
                assertThat(stored(connection)).as("seed %d, %s", seed, segment).isEqualTo(once);
                assertThat(again.changes).as("seed %d, %s", seed, segment).isEmpty();
            }
        }
    }

    @Test
    void wholeBatchTwiceIsTheSameAsOnce() {
        for (int seed = 0; seed < SEEDS; seed++) {
            List<Segment> segments = RandomTraffic.of(seed, false);
            int lastSyn = 0;
            for (int i = 0; i < segments.size(); i++) {
                lastSyn = segments.get(i).flags() == TcpFlags.SYN ? i : lastSyn;
            }
            var connection = new Connection(TUPLE, TcpSettings.DEFAULT);
            segments.forEach(segment -> connection.apply(segment, ConnectionListener.NONE));
            byte[] once = stored(connection);
            segments.subList(lastSyn, segments.size())
                    .forEach(segment -> connection.apply(segment, ConnectionListener.NONE));
            assertThat(stored(connection)).as("seed %d", seed).isEqualTo(once);
        }
    }

    @Test
    void swappingTheEndsMirrorsTheResult() {
        FourTuple other = FourTuple.of(
                1,
                Address.of(new byte[] {127, 0, 0, 2}),
                TUPLE.lowPort(),
                Address.of(new byte[] {127, 0, 0, 1}),
                TUPLE.highPort());
        assertThat(other.lowPort()).isEqualTo(TUPLE.highPort());
        for (int seed = 0; seed < SEEDS; seed++) {
            List<Segment> segments = RandomTraffic.of(seed, true);
            Recorder plain = play(segments, new Connection(TUPLE, TcpSettings.DEFAULT), false);
            Recorder mirrored = play(
                    segments.stream().map(ConnectionPropertiesTest::mirrored).toList(),
                    new Connection(other, TcpSettings.DEFAULT),
                    true);
            assertThat(mirrored.changes).as("seed %d", seed).isEqualTo(plain.changes);
            assertThat(mirrored.notices).as("seed %d", seed).isEqualTo(plain.notices);
        }
    }

    @Test
    void whereSequenceNumbersBeginDoesNotMatter() {
        for (int seed = 0; seed < SEEDS; seed++) {
            List<Segment> segments = RandomTraffic.of(seed, true);
            int shift = new Random(seed).nextInt();
            Recorder plain = play(segments, new Connection(TUPLE, TcpSettings.OFFLINE), false);
            Recorder moved = play(
                    segments.stream().map(segment -> moved(segment, shift)).toList(),
                    new Connection(TUPLE, TcpSettings.OFFLINE),
                    false);
            assertThat(moved.changes).as("seed %d", seed).isEqualTo(plain.changes);
            assertThat(moved.notices).as("seed %d", seed).isEqualTo(plain.notices);
        }
    }

    @Test
    void stateThatWasWrittenAndReadGoesOnAsIfNothingHadHappened() {
        for (int seed = 0; seed < SEEDS; seed++) {
            var live = new Connection(TUPLE, TcpSettings.DEFAULT);
            Connection restored = new Connection(TUPLE, TcpSettings.DEFAULT);
            for (Segment segment : RandomTraffic.of(seed, true)) {
                var toldLive = new Recorder(false);
                var toldRestored = new Recorder(false);
                live.apply(segment, toldLive);
                restored = Figures.stored(restored);
                restored.apply(segment, toldRestored);
                assertThat(toldRestored.changes)
                        .as("seed %d, %s", seed, segment)
                        .isEqualTo(toldLive.changes);
                assertThat(toldRestored.notices)
                        .as("seed %d, %s", seed, segment)
                        .isEqualTo(toldLive.notices);
                assertThat(stored(restored)).as("seed %d, %s", seed, segment).isEqualTo(stored(live));
                assertThat(restored.nextDeadlineNanos()).isEqualTo(live.nextDeadlineNanos());
            }
        }
    }

    @Test
    void runsTellTheSameAsTheSegmentsInThem() {
        int merged = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            List<Segment> segments = RandomTraffic.of(seed, false);
            List<Segment> runs = Coalescing.of(segments);
            var all = new Connection(TUPLE, TcpSettings.DEFAULT);
            var coalesced = new Connection(TUPLE, TcpSettings.DEFAULT);
            assertThat(play(runs, coalesced, false).changes)
                    .as("seed %d", seed)
                    .isEqualTo(play(segments, all, false).changes);
            for (Side side : Side.values()) {
                assertThat(counts(coalesced.endpoint(side)))
                        .as("seed %d, %s", seed, side)
                        .isEqualTo(counts(all.endpoint(side)));
            }
            merged += segments.size() - runs.size();
        }
        assertThat(merged).as("segments that disappeared in runs").isGreaterThan(SEEDS);
    }

    private static String counts(Endpoint end) {
        return Arrays.asList(
                        end.segments(),
                        end.octets(),
                        end.uniqueOctets(),
                        end.retransmissions(),
                        end.outOfOrder(),
                        end.missedOctets(),
                        end.finRetransmissions(),
                        end.unansweredKeepalives(),
                        end.unansweredRetransmissions(),
                        end.zeroWindowSinceNanos(),
                        end.windowProbes(),
                        end.lastSegmentNanos())
                .toString();
    }

    @Test
    void noSegmentThrows() {
        for (int seed = 0; seed < SEEDS; seed++) {
            var random = new Random(seed);
            var connection = new Connection(seed % 5 == 0 ? self() : TUPLE, TcpSettings.DEFAULT);
            for (int i = 0; i < 200; i++) {
                Segment segment = anything(random, connection.fourTuple().selfConnected());
                assertThatCode(() -> connection.apply(segment, ConnectionListener.NONE))
                        .as("seed %d, %s", seed, segment)
                        .doesNotThrowAnyException();
            }
        }
    }

    private static FourTuple self() {
        return FourTuple.of(1, Address.LOOPBACK_6, 5, Address.LOOPBACK_6, 5);
    }

    /** Few values for each field, so that numbers meet. */
    private static Segment anything(Random random, boolean self) {
        int[] numbers = {0, 1, 99, 100, 101, 150, Integer.MAX_VALUE, Integer.MIN_VALUE, -1, random.nextInt()};
        return new Segment(
                self || random.nextBoolean() ? Side.LOW : Side.HIGH,
                random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(1000) * 1_000_000_000L,
                random.nextInt(256),
                numbers[random.nextInt(numbers.length)],
                numbers[random.nextInt(numbers.length)],
                random.nextInt(3) * 30_000,
                random.nextInt(3) * 50L,
                random.nextInt(),
                random.nextBoolean()
                        ? Options.NONE
                        : new Options(0, random.nextInt(256), false, random.nextBoolean(), random.nextInt(3), 0),
                random.nextInt(10) == 0
                        ? new Run(random.nextInt(5), random.nextInt(1000) * 1_000_000_000L, random.nextInt(), 0, 9)
                        : null);
    }
}
