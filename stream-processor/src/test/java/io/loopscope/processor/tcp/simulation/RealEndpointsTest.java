package io.loopscope.processor.tcp.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;
import io.loopscope.processor.tcp.simulation.Action.Verb;
import io.loopscope.processor.tcp.simulation.Scenario.Host;
import io.loopscope.processor.tcp.simulation.Scenario.InitialSequences;
import io.loopscope.processor.tcp.simulation.Trace.Quiet;
import io.loopscope.processor.tcp.simulation.Trace.Sent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The simulation's own endpoints do what RFC 9293's figures show, and what was measured on Linux. */
class RealEndpointsTest {

    private static final long MS = Timeline.MILLISECOND;
    private static final ApplicationSettings IDLE = new ApplicationSettings(-1, 0);
    private static final ApplicationSettings CLOSES_AT_ONCE = new ApplicationSettings(0, 0);

    private KernelSettings kernel = KernelSettings.LINUX;
    private ApplicationSettings lowApplication = IDLE;
    private NetworkSettings network = NetworkSettings.LOOPBACK;
    private Set<Integer> lost = Set.of();
    private final List<Action> actions = new ArrayList<>();

    private Trace run() {
        var unlucky = new NetworkSettings(100, 0, 0, network.delayNanos(), network.lagNanos(), network.blackouts());
        return Simulation.run(new Scenario(
                1,
                new Host(kernel, lowApplication),
                new Host(kernel, IDLE),
                unlucky,
                InitialSequences.ASCENDING,
                actions,
                lost));
    }

    /** Sequence and acknowledgment numbers count from the ISS of their owner. */
    private List<String> segments() {
        Trace trace = run();
        return trace.segments().stream().map(sent -> relative(trace, sent)).toList();
    }

    private static String relative(Trace trace, Sent sent) {
        Packet packet = sent.packet();
        String text = "%s %s".formatted(packet.sender() == Side.HIGH ? "-->" : "<--", packet.purpose());
        String flags = io.loopscope.processor.tcp.TcpFlags.toString(packet.flags());
        int seq = packet.seq() == 0 ? 0 : packet.seq() - iss(trace, packet.sender(), sent);
        String ack = packet.hasAck()
                ? " ack " + (packet.ack() - iss(trace, packet.sender().peer(), sent))
                : "";
        String data = packet.octets() > 0 ? " data " + packet.octets() : "";
        return text + " " + flags + " " + seq + ack + data;
    }

    private static int iss(Trace trace, Side side, Sent before) {
        return trace.segments().stream()
                .filter(sent -> sent.number() <= before.number())
                .filter(sent -> sent.packet().sender() == side && sent.packet().syn())
                .filter(sent -> sent.incarnation() == before.incarnation())
                .reduce((first, last) -> last)
                .map(sent -> sent.packet().seq())
                .orElse(0);
    }

    private void at(long millis, Side side, Verb verb, int octets) {
        actions.add(new Action(millis * MS, side, verb, octets));
    }

    private void connected() {
        at(0, Side.LOW, Verb.LISTEN, 0);
        at(0, Side.HIGH, Verb.OPEN, 0);
    }

    private static List<TcpState> restingStates(Trace trace, Side side) {
        List<TcpState> states = new ArrayList<>();
        for (Trace.Event event : trace.events()) {
            if (event instanceof Quiet quiet) {
                TcpState state = quiet.of(side).kernel();
                if (states.isEmpty() || states.get(states.size() - 1) != state) {
                    states.add(state);
                }
            }
        }
        return states;
    }

    private static List<Long> millisecondsBetween(Trace trace, Packet.Purpose purpose) {
        List<Long> times = trace.segments().stream()
                .filter(sent -> sent.packet().purpose() == purpose)
                .map(Sent::at)
                .toList();
        List<Long> between = new ArrayList<>();
        for (int i = 1; i < times.size(); i++) {
            between.add((times.get(i) - times.get(i - 1)) / MS);
        }
        return between;
    }

    @Nested
    class Opening { // RFC 9293 3.5

        @Test
        void threeWayHandshake() { // Figure 6
            connected();
            assertThat(segments())
                    .containsExactly("--> NEW SYN 0", "<-- NEW SYN,ACK 0 ack 1", "--> ACKNOWLEDGMENT ACK 1 ack 1");
        }

        @Test
        void simultaneousOpen() { // Figure 7
            at(0, Side.LOW, Verb.OPEN, 0);
            at(0, Side.HIGH, Verb.OPEN, 0);
            assertThat(segments())
                    .containsExactly(
                            "<-- NEW SYN 0", "--> NEW SYN 0", "--> NEW SYN,ACK 0 ack 1", "<-- NEW SYN,ACK 0 ack 1");
            assertThat(restingStates(run(), Side.HIGH)).containsExactly(TcpState.ESTABLISHED);
        }

        @Test
        void synToNobodyIsRefused() {
            at(0, Side.HIGH, Verb.OPEN, 0);
            assertThat(segments()).containsExactly("--> NEW SYN 0", "<-- RESET RST,ACK 0 ack 1");
        }

        @Test
        void synIsRepeatedAsMeasured() {
            at(0, Side.LOW, Verb.CRASH, 0);
            at(0, Side.HIGH, Verb.OPEN, 0);
            assertThat(millisecondsBetween(run(), Packet.Purpose.REPEATED))
                    .containsExactly(1000L, 1000L, 1000L, 2000L, 4000L);
        }

        @Test
        void oldConnectionIsDiscovered() { // 3.5.1, Figures 8 and 9
            connected();
            at(1000, Side.HIGH, Verb.VANISH, 0);
            at(1001, Side.HIGH, Verb.OPEN, 0);
            assertThat(segments().subList(3, 9))
                    .containsExactly(
                            "--> NEW SYN 0",
                            "<-- CHALLENGE ACK 1 ack 1",
                            "--> RESET RST 1",
                            "--> REPEATED SYN 0",
                            "<-- NEW SYN,ACK 0 ack 1",
                            "--> ACKNOWLEDGMENT ACK 1 ack 1");
        }

        @Test
        void activeSideDiscoversThatThePeerIsGone() { // Figure 10
            connected();
            at(1000, Side.LOW, Verb.VANISH, 0);
            at(1001, Side.HIGH, Verb.SEND, 100);
            assertThat(segments().subList(3, 5)).containsExactly("--> NEW ACK 1 ack 1 data 100", "<-- RESET RST 1");
            assertThat(restingStates(run(), Side.HIGH)).containsExactly(TcpState.ESTABLISHED, TcpState.CLOSED);
        }
    }

    @Nested
    class Closing { // RFC 9293 3.6

        @Test
        void clientClosesFirst() { // Figure 12
            connected();
            at(1000, Side.HIGH, Verb.CLOSE, 0);
            at(2000, Side.LOW, Verb.CLOSE, 0);
            assertThat(segments().subList(3, 7))
                    .containsExactly(
                            "--> NEW FIN,ACK 1 ack 1",
                            "<-- ACKNOWLEDGMENT ACK 1 ack 2",
                            "<-- NEW FIN,ACK 1 ack 2",
                            "--> ACKNOWLEDGMENT ACK 2 ack 2");
            Trace trace = run();
            assertThat(restingStates(trace, Side.HIGH))
                    .containsExactly(TcpState.ESTABLISHED, TcpState.FIN_WAIT_2, TcpState.TIME_WAIT, TcpState.CLOSED);
            assertThat(restingStates(trace, Side.LOW))
                    .containsExactly(TcpState.ESTABLISHED, TcpState.CLOSE_WAIT, TcpState.CLOSED);
        }

        @Test
        void promptFollowerNeedsThreeSegments() {
            lowApplication = CLOSES_AT_ONCE;
            connected();
            at(1000, Side.HIGH, Verb.CLOSE, 0);
            assertThat(segments().subList(3, 6))
                    .containsExactly(
                            "--> NEW FIN,ACK 1 ack 1", "<-- NEW FIN,ACK 1 ack 2", "--> ACKNOWLEDGMENT ACK 2 ack 2");
        }

        @Test
        void bothCloseAtOnce() { // Figure 13
            connected();
            at(1000, Side.HIGH, Verb.CLOSE, 0);
            at(1000, Side.LOW, Verb.CLOSE, 0);
            assertThat(segments().subList(3, 7))
                    .containsExactly(
                            "--> NEW FIN,ACK 1 ack 1",
                            "<-- NEW FIN,ACK 1 ack 1",
                            "<-- ACKNOWLEDGMENT ACK 2 ack 2",
                            "--> ACKNOWLEDGMENT ACK 2 ack 2");
            assertThat(restingStates(run(), Side.LOW))
                    .containsExactly(TcpState.ESTABLISHED, TcpState.TIME_WAIT, TcpState.CLOSED);
        }

        @Test
        void finIsRepeatedEightTimesByAnOrphan() {
            connected();
            at(1000, Side.LOW, Verb.CRASH, 0);
            at(1001, Side.HIGH, Verb.CLOSE, 0);
            assertThat(millisecondsBetween(run(), Packet.Purpose.REPEATED))
                    .containsExactly(400L, 800L, 1600L, 3200L, 6400L, 12_800L, 25_600L);
        }

        @Test
        void orphanInFinWait2IsDroppedInSilenceAndKnowsNothingLater() {
            connected();
            at(1000, Side.HIGH, Verb.CLOSE, 0);
            at(70_000, Side.LOW, Verb.CLOSE, 0);
            assertThat(segments().subList(5, 7)).containsExactly("<-- NEW FIN,ACK 1 ack 2", "--> RESET RST 2");
        }

        @Test
        void unreadDataTurnsCloseIntoReset() {
            connected();
            at(500, Side.LOW, Verb.STOP_READING, 0);
            at(1000, Side.HIGH, Verb.SEND, 10);
            at(2000, Side.LOW, Verb.CLOSE, 0);
            assertThat(segments().get(5)).isEqualTo("<-- RESET RST,ACK 1 ack 11");
        }

        @Test
        void newerSynEndsTimeWait() { // 3.6.1
            connected();
            at(1000, Side.LOW, Verb.CLOSE, 0);
            at(2000, Side.HIGH, Verb.CLOSE, 0);
            at(3000, Side.HIGH, Verb.OPEN, 0);
            assertThat(restingStates(run(), Side.LOW))
                    .containsExactly(
                            TcpState.ESTABLISHED, TcpState.FIN_WAIT_2, TcpState.TIME_WAIT, TcpState.ESTABLISHED);
        }
    }

    @Nested
    class Resetting { // RFC 5961 3

        @Test
        void resetBeyondAGapDrawsAChallengeAndThenAnExactOne() {
            connected();
            at(1000, Side.HIGH, Verb.SEND, 100);
            at(1001, Side.HIGH, Verb.ABORT, 0);
            lost = Set.of(3);
            assertThat(segments().subList(3, 7))
                    .containsExactly(
                            "--> NEW ACK 1 ack 1 data 100",
                            "--> RESET RST,ACK 101 ack 1",
                            "<-- CHALLENGE ACK 1 ack 1",
                            "--> RESET RST 1");
            assertThat(restingStates(run(), Side.LOW)).containsExactly(TcpState.ESTABLISHED, TcpState.CLOSED);
        }
    }

    @Nested
    class Probing { // RFC 9293 3.8.4 and 3.8.6.1

        @Test
        void keepaliveHasTheShapeOfLinux() {
            kernel = keepalive(10, 5, 2);
            connected();
            at(11_000, Side.LOW, Verb.CRASH, 0);
            assertThat(segments().subList(3, 5))
                    .containsExactly("--> KEEPALIVE_PROBE ACK 0 ack 1", "<-- KEEPALIVE_PROBE ACK 0 ack 1");
            List<String> segments = segments();
            assertThat(segments.subList(segments.size() - 3, segments.size()))
                    .containsExactly(
                            "--> KEEPALIVE_PROBE ACK 0 ack 1",
                            "--> KEEPALIVE_PROBE ACK 0 ack 1",
                            "--> RESET RST,ACK 1 ack 1");
        }

        @Test
        void zeroWindowIsProbedMoreAndMoreSlowly() {
            kernel = receiveBuffer(1000);
            connected();
            at(500, Side.LOW, Verb.STOP_READING, 0);
            at(1000, Side.HIGH, Verb.SEND, 3000);
            at(10_000, Side.LOW, Verb.START_READING, 0);
            Trace trace = run();
            assertThat(millisecondsBetween(trace, Packet.Purpose.WINDOW_PROBE))
                    .containsExactly(400L, 800L, 1600L, 3200L);
            assertThat(segments()).contains("--> WINDOW_PROBE ACK 1000 ack 1", "--> NEW ACK 1001 ack 1 data 1000");
        }

        private KernelSettings keepalive(int idle, int interval, int probes) {
            KernelSettings linux = KernelSettings.LINUX;
            return new KernelSettings(
                    linux.segmentSize(),
                    linux.windowScale(),
                    linux.timestamps(),
                    linux.receiveBuffer(),
                    linux.delaysAcks(),
                    linux.delaysFinAck(),
                    linux.tailLossProbe(),
                    linux.collapses(),
                    linux.fastOpen(),
                    linux.limitsChallenges(),
                    linux.anyAckRestartsTimeWait(),
                    idle * Timeline.SECOND,
                    interval * Timeline.SECOND,
                    probes);
        }

        private KernelSettings receiveBuffer(int octets) {
            return new KernelSettings(
                    1460, 0, false, octets, true, true, false, false, false, true, true, 0, Timeline.SECOND, 1);
        }
    }
}
