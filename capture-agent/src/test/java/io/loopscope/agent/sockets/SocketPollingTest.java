package io.loopscope.agent.sockets;

import static io.loopscope.agent.sockets.SocketState.CLOSE_WAIT;
import static io.loopscope.agent.sockets.SocketState.ESTABLISHED;
import static io.loopscope.agent.sockets.SocketState.FIN_WAIT_2;
import static io.loopscope.agent.sockets.SocketState.TIME_WAIT;
import static io.loopscope.agent.sockets.Sockets.at;
import static io.loopscope.agent.sockets.Sockets.listener;
import static io.loopscope.agent.sockets.Sockets.socket;
import static io.loopscope.agent.sockets.Sockets.withQueues;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SocketPollingTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long START = 1_790_000_000L * SECOND;

    private final Sockets table = new Sockets();
    private final Set<Long> ownInodes = new HashSet<>();
    private final Set<Long> askedFor = new HashSet<>();
    private final SocketPolling polling = polling(true);
    private long polls;

    @Test
    void onlyConnectionsThatStayOnTheHostAndListenersAreTold() throws IOException {
        table.set(
                listener(80, 1, 0),
                socket(40_000, 80, ESTABLISHED, 2),
                socket(at("10.0.0.5", 41_000), at("10.0.0.5", 80), ESTABLISHED, 3, 3),
                socket(at("::1", 42_000), at("::1", 80), ESTABLISHED, 4, 4),
                socket(at("10.0.0.5", 43_000), at("10.0.0.6", 80), ESTABLISHED, 5, 5));
        assertThat(inodes(poll())).containsExactlyInAnyOrder(1L, 2L, 3L, 4L);
        assertThat(inodes(polling(false).poll(0, START, true))).contains(5L);
    }

    @Test
    void bothEndsOfThePipelinesOwnConnectionsAndItsListenersAreLeftOutAndCounted() throws IOException {
        ownInodes.addAll(Set.of(2L, 7L));
        table.set(
                socket(40_000, 9092, ESTABLISHED, 2),
                socket(9092, 40_000, ESTABLISHED, 3),
                listener(8080, 7, 0),
                socket(40_001, 8080, ESTABLISHED, 8),
                socket(8080, 40_001, CLOSE_WAIT, 0),
                socket(40_002, 80, ESTABLISHED, 9));
        assertThat(inodes(poll())).containsExactly(9L);
        assertThat(polling.excludedOwn()).isEqualTo(5);
    }

    @Test
    void whereSocketsHaveNoInodeTheirProcessTellsWhoseTheyAre() throws IOException {
        int self = (int) ProcessHandle.current().pid();
        table.set(
                Sockets.withPid(socket(40_000, 9092, ESTABLISHED, 0), self),
                Sockets.withPid(socket(40_001, 80, ESTABLISHED, 0), self + 1));
        assertThat(poll().sockets())
                .extracting(socket -> socket.entry().local().port())
                .containsExactly(40_001);
    }

    @Test
    void ownersAreLookedForWhereAnAnomalyMayBe() throws IOException {
        table.set(
                listener(80, 1, 0),
                socket(40_000, 80, FIN_WAIT_2, 2),
                socket(80, 40_000, CLOSE_WAIT, 3),
                socket(40_001, 80, ESTABLISHED, 4),
                socket(80, 40_001, ESTABLISHED, 5),
                withQueues(socket(40_002, 80, ESTABLISHED, 6), 10, 0),
                socket(80, 40_002, ESTABLISHED, 7),
                socket(40_003, 80, TIME_WAIT, 0),
                socket(80, 40_004, CLOSE_WAIT, 0));
        SocketPoll first = poll();
        assertThat(askedFor).as("suspects and their peers").containsExactlyInAnyOrder(1L, 2L, 3L, 6L, 7L);
        assertThat(first.sockets())
                .filteredOn(socket -> socket.entry().inode() == 3)
                .singleElement()
                .satisfies(
                        socket -> assertThat(socket.owner()).isEqualTo(new SocketOwner(1003, "server", 33, 5, 1024)));
        poll(START + 59 * SECOND);
        assertThat(askedFor).doesNotContain(4L);
        SocketPoll idle = poll(START + 60 * SECOND);
        assertThat(askedFor).as("first seen a minute ago").contains(4L, 5L);
        assertThat(inodes(idle)).containsExactlyInAnyOrder(4L, 5L);
    }

    @Test
    void aTableThatCannotBeReadTellsNothingAndNothingIsGone() throws IOException {
        table.set(socket(40_000, 80, ESTABLISHED, 2));
        poll();
        table.setBroken(true);
        assertThatThrownBy(this::poll).isInstanceOf(IOException.class);
        table.setBroken(false);
        SocketPoll after = poll();
        assertThat(after.sockets()).isEmpty();
        assertThat(after.gone()).isEmpty();
    }

    @Test
    void ofTooManyInTimeWaitTheRestIsCountedAndSaid() throws IOException {
        table.set(LongStream.range(0, 40_000)
                .mapToObj(i -> socket(at(40_000), at(80), TIME_WAIT, 0, i + 1))
                .toArray(SocketEntry[]::new));
        assertThat(poll().sockets()).hasSize(32_768);
        assertThat(polling.leftOut()).isEqualTo(40_000 - 32_768);
        assertThat(polling.limitations()).singleElement().asString().contains("TIME_WAIT");
    }

    @Test
    void whatIsInTimeWaitIsToldOnceAndGoneOnce() throws IOException {
        SocketEntry one = socket(at(40_001), at(80), TIME_WAIT, 0, 1);
        SocketEntry other = socket(at(40_002), at(80), TIME_WAIT, 0, 2);
        table.set(socket(at(40_001), at(80), ESTABLISHED, 7, 1), other);
        assertThat(poll().sockets()).hasSize(2);
        table.set(one, other);
        assertThat(poll().sockets()).extracting(PolledSocket::entry).containsExactly(one);
        assertThat(poll().sockets()).isEmpty();
        assertThat(polling.poll(polls++, START, true).sockets()).hasSize(2);
        table.set(one);
        SocketPoll last = poll();
        assertThat(last.sockets()).isEmpty();
        assertThat(last.gone())
                .singleElement()
                .satisfies(gone -> assertThat(gone.connection()).isEqualTo(other.connection()));
    }

    @Test
    void whatIsKnownInTimeWaitKeepsItsPlaceInAFullTable() throws IOException {
        SocketEntry[] many = LongStream.range(0, 32_769)
                .mapToObj(i -> socket(at(40_000), at(80), TIME_WAIT, 0, i + 1))
                .toArray(SocketEntry[]::new);
        table.set(java.util.Arrays.copyOfRange(many, 1, many.length));
        assertThat(poll().sockets()).hasSize(32_768);
        table.set(many);
        SocketPoll crowded = poll();
        assertThat(crowded.sockets()).isEmpty();
        assertThat(crowded.gone()).isEmpty();
        assertThat(polling.leftOut()).isEqualTo(1);
    }

    @Test
    void whatOnlyAPollThatFailedHasSeenIsGoneAllTheSame() throws IOException {
        SocketHistory history = new SocketHistory();
        SocketEntry entry = socket(at(40_001), at(80), TIME_WAIT, 0, 1);
        history.begin();
        history.next(List.of(new PolledSocket(entry, null, START, START)), false);
        history.begin();
        assertThat(history.seesAgain(1)).isTrue();
        history.begin();
        assertThat(history.next(List.of(), false).gone()).hasSize(1);
        assertThat(history.inTimeWait()).isZero();
    }

    @Test
    void withTooManyOthersNothingIsToldRatherThanSomeAsGone() {
        table.set(LongStream.range(0, 65_537)
                .mapToObj(i -> socket(at(40_000), at(80), ESTABLISHED, i + 1, i + 1))
                .toArray(SocketEntry[]::new));
        assertThatThrownBy(this::poll).isInstanceOf(IOException.class).hasMessageContaining("65536");
    }

    private SocketPoll poll() throws IOException {
        return poll(START);
    }

    private SocketPoll poll(long timeNs) throws IOException {
        return polling.poll(polls++, timeNs, false);
    }

    private SocketPolling polling(boolean onlyLoopback) {
        OwnSockets own = new OwnSockets() {
            @Override
            public void findProcesses() {
                // They are known.
            }

            @Override
            public Inodes read() {
                return new Inodes(ownInodes, List.of());
            }
        };
        NamespaceFacts facts = new NamespaceFacts(Set.of(at("10.0.0.5", 0)), 3L, 32_768, 60_999);
        SocketPolling.Host host =
                new SocketPolling.Host(table, new Owners(), own, OwnTraffic.NONE, () -> facts, () -> 0);
        return new SocketPolling(host, socket -> true, onlyLoopback, 0.01);
    }

    private static Stream<Long> stream(SocketPoll poll) {
        return poll.sockets().stream().map(socket -> socket.entry().inode());
    }

    private static List<Long> inodes(SocketPoll poll) {
        return stream(poll).toList();
    }

    /** Every socket has an owner of its own. */
    private final class Owners implements SocketOwners {
        @Override
        public Found find(Set<Long> inodes) {
            askedFor.addAll(inodes);
            Map<Long, SocketOwner> found = inodes.stream()
                    .collect(Collectors.toMap(
                            inode -> inode, inode -> new SocketOwner((int) (1000 + inode), "server", 33, 5, 1024)));
            return new Found(found, 0);
        }

        @Override
        public SocketOwner refresh(SocketOwner owner) {
            return owner;
        }
    }
}
