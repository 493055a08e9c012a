package io.loopscope.agent.track;

import static io.loopscope.agent.parse.TcpFlags.ACK;
import static io.loopscope.agent.parse.TcpFlags.ECE;
import static io.loopscope.agent.parse.TcpFlags.FIN;
import static io.loopscope.agent.parse.TcpFlags.PSH;
import static io.loopscope.agent.parse.TcpFlags.RST;
import static io.loopscope.agent.parse.TcpFlags.SYN;
import static io.loopscope.agent.parse.TcpFlags.URG;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.testing.Headers;
import io.loopscope.agent.testing.PacketBytes;
import io.loopscope.agent.testing.PacketBytes.TcpBytes;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class TrackerTest {
    private static final long MS = 1_000_000;
    private static final int CLIENT = 40_000;
    private static final int SERVER = 80;
    private static final int DATA = 100;

    private ItemQueue queue = new ItemQueue(1_024);
    private Overload overload = Overload.shedding(1_024, 0.25);
    private Tracker tracker = tracker(FidelityByPort.always(Fidelity.COALESCED));
    private long clientNext = 1_000;
    private long serverNext = 5_000;
    private long nowNs;
    private int marked;

    private Tracker tracker(FidelityByPort fidelities) {
        return new Tracker(fidelities, queue, 64, overload, 1_000 * MS);
    }

    /** Handshake, and so much more that nothing is single any more. */
    private void established() {
        client(segment(SYN, 0).acknowledgment(0));
        clientNext++;
        server(segment(SYN | ACK, 0));
        serverNext++;
        client(segment(ACK, 0));
        clientData();
        server(segment(ACK, 0));
        serverData();
        client(segment(ACK, 0));
        mark();
    }

    @Nested
    class Merges {
        @Test
        void theHandshakeAndWhatFollowsItIsSingle() {
            established();
            assertThat(queue.size()).isEqualTo(7);
            assertThat(queue.peek(6).header().flags()).isEqualTo(ACK);
        }

        @Test
        void dataAndAcknowledgmentsAreOneRunEach() {
            established();
            for (int i = 0; i < 10; i++) {
                clientData();
                server(segment(ACK, 0).window(500 + i));
            }
            List<Item> items = open();
            assertThat(items).hasSize(2);
            Item data = items.get(0);
            assertThat(data.isRun()).isTrue();
            assertThat(data.segments()).isEqualTo(10);
            assertThat(data.payloadOctets()).isEqualTo(10 * DATA);
            assertThat(data.nextSequence()).isEqualTo(clientNext);
            assertThat(data.flags()).isEqualTo(ACK | PSH);
            assertThat(data.lastTimeNs() - data.timeNs()).isEqualTo(18 * MS);
            Item acknowledgments = items.get(1);
            assertThat(acknowledgments.segments()).isEqualTo(10);
            assertThat(acknowledgments.payloadOctets()).isZero();
            assertThat(acknowledgments.header().acknowledgment()).isEqualTo(clientNext - 9 * DATA);
            assertThat(acknowledgments.lastAcknowledgment()).isEqualTo(clientNext);
            assertThat(acknowledgments.minWindow()).isEqualTo(500);
            assertThat(acknowledgments.maxWindow()).isEqualTo(509);
            assertThat(acknowledgments.lastWindow()).isEqualTo(509);
        }

        @Test
        void timestampsOfTheLastAreKept() {
            established();
            clientData("0101080a 00000001 00000002");
            clientData("0101080a 00000003 00000004");
            clientData("0101080a 00000003 00000005");
            clientData("0101080a 00000002 00000005");
            assertThat(segmentsOfItems()).containsExactly(1, 2, 1);
            assertThat(open().get(1).lastTimestampValue()).isEqualTo(3);
            assertThat(open().get(1).lastTimestampEcho()).isEqualTo(5);
        }

        @Test
        void aRunEndsWhenItIsHandedOver() {
            established();
            clientData();
            clientData();
            queue.handOver();
            clientData();
            assertThat(segmentsOfItems()).containsExactly(2, 1);
        }

        @Test
        void aRunLastsNotLongerThanItsInterval() {
            established();
            clientData();
            nowNs += 900 * MS;
            clientData();
            nowNs += 200 * MS;
            clientData();
            assertThat(segmentsOfItems()).containsExactly(2, 1);
        }

        @Test
        void aClockThatGoesBackEndsIt() {
            established();
            clientData();
            clientData();
            nowNs -= 10 * MS;
            clientData();
            assertThat(segmentsOfItems()).containsExactly(2, 1);
        }

        @Test
        void itemsLieInTheOrderOfTheirFirstSegments() {
            established();
            clientData();
            serverData();
            clientData();
            client(segment(ACK, 0).sequence(clientNext - 1));
            clientData();
            assertThat(segmentsOfItems()).containsExactly(2, 1, 1, 1);
            assertThat(open()).extracting(Item::timeNs).isSorted();
        }
    }

    @Nested
    class StaysSingle {
        @Test
        void whatIsNotInOrder() {
            established();
            clientData();
            client(segment(ACK, DATA).sequence(clientNext - DATA));
            client(segment(ACK, 0).sequence(clientNext - 1));
            clientData();
            assertThat(segmentsOfItems()).containsExactly(1, 1, 1, 1);
        }

        @Test
        void everythingWhileSomethingIsMissing() {
            established();
            clientNext += DATA;
            clientData();
            clientData();
            server(segment(ACK, 0).acknowledgment(clientNext - 3 * DATA));
            serverData();
            clientData();
            assertThat(segmentsOfItems()).containsExactly(1, 1, 1, 1, 1);
            server(segment(ACK, 0));
            mark();
            clientData();
            clientData();
            assertThat(segmentsOfItems()).containsExactly(2);
        }

        @Test
        void whatAcknowledgesSomethingThatWasNotCaptured() {
            established();
            server(segment(ACK, 0).acknowledgment(clientNext + 1));
            server(segment(ACK, 0).acknowledgment(clientNext + 1));
            assertThat(segmentsOfItems()).containsExactly(1, 1);
        }

        @Test
        void aZeroWindowAndTheUpdateAfterIt() {
            established();
            server(segment(ACK, 0).window(0));
            server(segment(ACK, 0).window(0));
            server(segment(ACK, 0));
            server(segment(ACK, 0));
            server(segment(ACK, 0));
            assertThat(segmentsOfItems()).containsExactly(1, 1, 1, 2);
        }

        @Test
        void aFinAndWhatCoversIt() {
            established();
            client(segment(FIN | ACK, 0));
            clientNext++;
            server(segment(ACK, 0));
            serverData();
            serverData();
            serverData();
            assertThat(segmentsOfItems()).containsExactly(1, 1, 1, 1, 1);
        }

        @Test
        void aResetAndTheTwoThatFollowIt() {
            established();
            client(segment(RST, 0));
            for (int i = 0; i < 4; i++) {
                serverData();
            }
            assertThat(segmentsOfItems()).containsExactly(1, 1, 1, 2);
        }

        @Test
        void whatHasUnusualFlagsOrOptions() {
            established();
            clientData();
            for (int flags : List.of(ACK | URG, ACK | ECE, PSH, 0)) {
                client(segment(flags, DATA));
                clientNext += DATA;
            }
            clientData("0402");
            clientData("0105");
            clientData("01010a0a 00000003");
            assertThat(segmentsOfItems()).containsOnly(1);
            assertThat(open()).hasSize(8);
        }

        @Test
        void aConnectionToItself() {
            for (int i = 0; i < 6; i++) {
                take(segment(ACK, 0).ports(CLIENT, CLIENT).sequence(7).acknowledgment(7));
            }
            assertThat(segmentsOfItems()).containsExactly(1, 1, 1, 1, 1, 1);
        }

        @Test
        void allOfAPortThatIsToldWholly() {
            tracker = tracker(new FidelityByPort(Fidelity.COALESCED, Map.of(Fidelity.ALL, Set.of(SERVER))));
            established();
            clientData();
            clientData();
            assertThat(segmentsOfItems()).containsExactly(1, 1);
            assertThat(tracker.takeUrgency()).isEqualTo(Urgency.CONTROL);
            clientData();
            assertThat(tracker.takeUrgency()).isEqualTo(Urgency.SINGLE);
        }

        @Test
        void theFirstOfAnUnknownConnection() {
            clientData();
            serverData();
            clientData();
            serverData();
            clientData();
            assertThat(segmentsOfItems()).containsExactly(1, 1, 2, 1);
        }

        /** Behind a run the processor could not tell it from a retransmission. */
        @Test
        void whatWasCapturedTwiceIsLeftOut() {
            established();
            clientData();
            clientData();
            clientNext -= DATA;
            assertThat(clientData()).isEqualTo(Answer.CAPTURED_TWICE);
            assertThat(clientData()).isEqualTo(Answer.MERGED);
            clientNext -= 2 * DATA;
            assertThat(clientData()).as("before the last").isEqualTo(Answer.BEGUN);
            assertThat(segmentsOfItems()).containsExactly(3, 1);
        }

        @Test
        void whatComesAgainLaterIsARetransmission() {
            established();
            clientData();
            clientData();
            clientNext -= DATA;
            nowNs += MS;
            assertThat(clientData()).isEqualTo(Answer.BEGUN);
            assertThat(segmentsOfItems()).containsExactly(2, 1);
        }

        @Test
        void theFirstOfANewIncarnation() {
            established();
            client(segment(FIN | ACK, 0));
            clientNext++;
            server(segment(FIN | ACK, 0));
            serverNext++;
            client(segment(ACK, 0));
            clientNext += 1_000_000;
            serverNext += 1_000_000;
            established();
            clientData();
            clientData();
            assertThat(segmentsOfItems()).containsExactly(2);
        }
    }

    @Nested
    class UnderPressure {
        @Test
        void dataIsShedBeforeAcknowledgmentsAndControlSegmentsNever() {
            overload.observe(600, 0);
            established();
            assertThat(queue.size()).isEqualTo(5);
            overload.observe(760, 0);
            assertThat(take(segment(ACK, DATA).ports(1, 2))).isEqualTo(Answer.SHED_DATA);
            assertThat(take(segment(ACK, 0).ports(1, 2))).isEqualTo(Answer.SHED_ACKNOWLEDGMENT);
            for (int flags : List.of(SYN, SYN | ACK, FIN | ACK, RST, RST | ACK)) {
                assertThat(take(segment(flags, 0).ports(3, 4))).isEqualTo(Answer.BEGUN);
            }
            assertThat(take(segment(ACK, DATA).ports(5, 6).window(0))).isEqualTo(Answer.BEGUN);
            assertThat(take(segment(ACK, 0).ports(5, 6))).isEqualTo(Answer.BEGUN);
            assertThat(take(segment(ACK, 0).ports(5, 6))).isEqualTo(Answer.SHED_ACKNOWLEDGMENT);
        }

        @Test
        void openRunsGoOnGrowing() {
            established();
            clientData();
            overload.observe(1_000, 0);
            nowNs += 20_000 * MS;
            assertThat(clientData()).isEqualTo(Answer.MERGED);
            assertThat(segmentsOfItems()).containsExactly(2);
        }

        @Test
        void whatWasShedIsAGapForThoseWhoRead() {
            established();
            overload.observe(600, 0);
            assertThat(clientData()).isEqualTo(Answer.SHED_DATA);
            overload.observe(0, 0);
            assertThat(clientData()).isEqualTo(Answer.BEGUN);
            assertThat(clientData()).isEqualTo(Answer.BEGUN);
            server(segment(ACK, 0));
            clientData();
            clientData();
            assertThat(segmentsOfItems()).containsExactly(1, 1, 1, 2);
        }

        @Test
        void theReserveIsForControlSegmentsOnly() {
            queue = new ItemQueue(16);
            overload = Overload.shedding(16, 0.25);
            tracker = tracker(FidelityByPort.always(Fidelity.ALL));
            for (int i = 0; i < 12; i++) {
                assertThat(take(segment(ACK, DATA).ports(1, 2))).isEqualTo(Answer.BEGUN);
            }
            assertThat(take(segment(ACK, DATA).ports(1, 2))).isEqualTo(Answer.SHED_DATA);
            assertThat(take(segment(ACK, 0).ports(1, 2))).isEqualTo(Answer.SHED_ACKNOWLEDGMENT);
            for (int i = 0; i < 4; i++) {
                assertThat(take(segment(FIN, 0).ports(1, 2))).isEqualTo(Answer.BEGUN);
            }
            assertThat(take(segment(FIN, 0).ports(1, 2))).isEqualTo(Answer.FULL);
        }

        /** As the settings and "What an agent leaves out" say of the defaults. */
        @Test
        void theDefaultQueueHoldsTheControlSegmentsOf2048ConnectionsWhateverElseThereIs() {
            queue = new ItemQueue(32_768);
            overload = Overload.shedding(32_768, 0.25);
            tracker = tracker(FidelityByPort.always(Fidelity.ALL));
            while (take(segment(ACK, DATA).ports(1, 2)) == Answer.BEGUN) {
                queue.handOver();
            }
            for (int connection = 0; connection < 2_048; connection++) {
                assertThat(take(segment(SYN, 0).ports(1_024 + connection, 80))).isEqualTo(Answer.BEGUN);
                assertThat(take(segment(SYN | ACK, 0).ports(80, 1_024 + connection)))
                        .isEqualTo(Answer.BEGUN);
                assertThat(take(segment(FIN, 0).ports(1_024 + connection, 80))).isEqualTo(Answer.BEGUN);
                assertThat(take(segment(FIN, 0).ports(80, 1_024 + connection))).isEqualTo(Answer.BEGUN);
            }
            assertThat(take(segment(SYN, 0).ports(9, 80))).isEqualTo(Answer.FULL);
        }

        @Test
        void aForgottenConnectionBeginsAgainSingly() {
            established();
            for (int port = 1; port <= 64; port++) {
                take(segment(ACK, 0).ports(port, port + 1));
            }
            queue.handOver();
            assertThat(tracker.evictedConnections()).isEqualTo(1);
            assertThat(tracker.connections()).isEqualTo(64);
            assertThat(clientData()).isEqualTo(Answer.BEGUN);
            assertThat(clientData()).isEqualTo(Answer.BEGUN);
        }
    }

    private Answer clientData() {
        return clientData("");
    }

    private Answer clientData(String options) {
        Answer answer = client(segment(ACK | PSH, DATA).options(options));
        clientNext += DATA;
        return answer;
    }

    private void serverData() {
        server(segment(ACK, DATA));
        serverNext += DATA;
    }

    /** Begins where its sender is, and acknowledges all, unless told otherwise. */
    private static Scripted segment(int flags, int payload) {
        return new Scripted(flags, payload);
    }

    private static final class Scripted {
        private final TcpBytes bytes;
        private @Nullable Long sequence;
        private @Nullable Long acknowledgment;

        Scripted(int flags, int payload) {
            bytes = PacketBytes.tcp().flags(flags).payload(payload);
        }

        Scripted sequence(long number) {
            sequence = number;
            return this;
        }

        Scripted acknowledgment(long number) {
            acknowledgment = number;
            return this;
        }

        Scripted window(int octets) {
            bytes.window(octets);
            return this;
        }

        Scripted options(String digits) {
            bytes.options(digits);
            return this;
        }

        Scripted ports(int source, int destination) {
            bytes.ports(source, destination);
            return this;
        }

        TcpBytes bytes(long sendersNext, long receiversNext) {
            return bytes.sequence(sequence == null ? sendersNext : sequence)
                    .acknowledgment(acknowledgment == null ? receiversNext : acknowledgment);
        }
    }

    private Answer client(Scripted segment) {
        return take(segment.ports(CLIENT, SERVER).bytes(clientNext, serverNext));
    }

    private void server(Scripted segment) {
        take(segment.ports(SERVER, CLIENT).bytes(serverNext, clientNext));
    }

    private Answer take(Scripted segment) {
        return take(segment.bytes(1, 1));
    }

    private Answer take(TcpBytes segment) {
        nowNs += MS;
        return tracker.take(Headers.of("127.0.0.1", "127.0.0.1", segment), nowNs);
    }

    /** Items begun since the {@link #mark}. */
    private List<Item> open() {
        queue.handOver();
        return IntStream.range(marked, queue.size()).mapToObj(queue::peek).toList();
    }

    private List<Integer> segmentsOfItems() {
        return open().stream().map(Item::segments).toList();
    }

    private void mark() {
        queue.handOver();
        marked = queue.size();
    }
}
