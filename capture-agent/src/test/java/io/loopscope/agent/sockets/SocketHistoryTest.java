package io.loopscope.agent.sockets;

import static io.loopscope.agent.sockets.SocketState.CLOSE_WAIT;
import static io.loopscope.agent.sockets.SocketState.ESTABLISHED;
import static io.loopscope.agent.sockets.SocketState.FIN_WAIT_2;
import static io.loopscope.agent.sockets.SocketState.LISTEN;
import static io.loopscope.agent.sockets.SocketState.TIME_WAIT;
import static io.loopscope.agent.sockets.Sockets.at;
import static io.loopscope.agent.sockets.Sockets.listener;
import static io.loopscope.agent.sockets.Sockets.socket;
import static io.loopscope.agent.sockets.Sockets.withAges;
import static io.loopscope.agent.sockets.Sockets.withQueues;
import static io.loopscope.agent.sockets.Sockets.withTimer;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SocketHistoryTest {
    private static final SocketEntry CLIENT = socket(40_000, 80, ESTABLISHED, 11);
    private static final SocketEntry SERVER = socket(80, 40_000, ESTABLISHED, 12);

    private static final long SECOND = 1_000_000_000;

    private final SocketHistory history = new SocketHistory();
    private long readNs = 1_790_000_000L * SECOND;

    @Test
    void whatIsNewIsToldOnce() {
        assertThat(next(CLIENT, SERVER).sockets()).hasSize(2);
        assertThat(next(CLIENT, SERVER)).isEqualTo(new SocketChanges(List.of(), List.of()));
    }

    @Test
    void aFullRoundTellsEverything() {
        next(CLIENT, SERVER);
        SocketChanges full = history.next(polled(CLIENT, SERVER), true);
        assertThat(full.sockets()).extracting(PolledSocket::entry).containsExactly(CLIENT, SERVER);
        assertThat(full.gone()).isEmpty();
    }

    @Test
    void whatVanishedIsGoneOnceWithItsLastState() {
        next(CLIENT, SERVER);
        assertThat(next(CLIENT).gone()).containsExactly(SERVER);
        assertThat(next(CLIENT).gone()).isEmpty();
    }

    @Test
    void goneIsToldInAFullRoundToo() {
        next(CLIENT, SERVER);
        assertThat(history.next(polled(CLIENT), true).gone()).containsExactly(SERVER);
    }

    @Test
    void statesInodesTimersAndRetransmissionsAreChanges() {
        next(CLIENT);
        assertTold(socket(40_000, 80, CLOSE_WAIT, 11));
        assertTold(socket(40_000, 80, CLOSE_WAIT, 0));
        assertTold(withTimer(socket(40_000, 80, CLOSE_WAIT, 0), SocketTimer.RETRANSMIT, 200, 0));
        assertTold(withTimer(socket(40_000, 80, CLOSE_WAIT, 0), SocketTimer.RETRANSMIT, 400, 1));
        assertNotTold(withTimer(socket(40_000, 80, CLOSE_WAIT, 0), SocketTimer.RETRANSMIT, 300, 1));
    }

    @Test
    void aQueueIsToldWhenItBeginsEndsDoublesOrHalves() {
        next(CLIENT);
        assertTold(withQueues(CLIENT, 100, 0));
        assertNotTold(withQueues(CLIENT, 199, 0));
        assertTold(withQueues(CLIENT, 200, 0));
        assertNotTold(withQueues(CLIENT, 101, 0));
        assertTold(withQueues(CLIENT, 100, 0));
        assertTold(withQueues(CLIENT, 0, 0));
        assertTold(withQueues(CLIENT, 0, 7));
    }

    @Test
    void aQueueThatCreepsUpIsMeasuredAgainstWhatWasTold() {
        next(withQueues(CLIENT, 100, 0));
        assertNotTold(withQueues(CLIENT, 150, 0));
        assertTold(withQueues(CLIENT, 210, 0));
    }

    /** RFC 9293 3.6.1: where only control segments are captured, nobody else sees it. */
    @Test
    void dataOnTheOpenHalfOfAHalfClosedConnectionIsTold() {
        next(withAges(socket(80, 40_000, CLOSE_WAIT, 12), 9_000, 100));
        readNs += SECOND;
        assertNotTold(withAges(socket(80, 40_000, CLOSE_WAIT, 12), 10, 1_100));
        assertTold(withAges(socket(80, 40_000, CLOSE_WAIT, 12), 10, 0));
        assertNotTold(withAges(socket(80, 40_000, CLOSE_WAIT, 12), 10, 0));
        readNs += SECOND;
        assertNotTold(withAges(socket(80, 40_000, CLOSE_WAIT, 12), 10, 999));

        next(withAges(socket(40_000, 80, FIN_WAIT_2, 11), 100, 9_000));
        readNs += SECOND;
        assertNotTold(withAges(socket(40_000, 80, FIN_WAIT_2, 11), 1_100, 0));
        assertTold(withAges(socket(40_000, 80, FIN_WAIT_2, 11), 0, 10_000));
    }

    /** Segments tell it, and there are too many. */
    @Test
    void dataOfAnEstablishedConnectionIsNot() {
        next(withAges(CLIENT, 0, 0));
        readNs += 60 * SECOND;
        assertNotTold(withAges(CLIENT, 0, 0));
    }

    @Test
    void ofAListenerEachWaitingConnectionCounts() {
        next(listener(80, 5, 10));
        assertTold(listener(80, 5, 11));
        assertNotTold(listener(80, 5, 11));
    }

    @Test
    void anOwnerThatIsFoundIsAChange() {
        SocketOwner owner = new SocketOwner(7, "mariadbd", 33, 100, 1024);
        next(CLIENT);
        List<PolledSocket> found = List.of(new PolledSocket(CLIENT, owner, 0, 0));
        assertThat(history.next(found, false).sockets()).isEqualTo(found);
        assertThat(history.next(found, false).sockets()).isEmpty();
        List<PolledSocket> moreFiles =
                List.of(new PolledSocket(CLIENT, new SocketOwner(7, "mariadbd", 33, 101, 1024), 0, 0));
        assertThat(history.next(moreFiles, false).sockets()).isEmpty();
    }

    @Test
    void aTupleUsedAgainIsAnotherSocket() {
        SocketEntry before = socket(at(40_000), at(80), TIME_WAIT, 0, 1);
        SocketEntry after = socket(at(40_000), at(80), ESTABLISHED, 13, 2);
        next(before);
        SocketChanges changes = next(after);
        assertThat(changes.gone())
                .containsExactly(SocketEntry.inTimeWait(before.local(), before.remote(), before.cookie()));
        assertThat(changes.sockets()).extracting(PolledSocket::entry).containsExactly(after);
    }

    @Test
    void withoutCookiesListenersThatShareAPortAreToldApart() {
        SocketEntry one = socket(at(80), at("0.0.0.0", 0), LISTEN, 1, 0);
        SocketEntry other = socket(at(80), at("0.0.0.0", 0), LISTEN, 2, 0);
        assertThat(next(one, other).sockets()).hasSize(2);
        assertThat(next(other).gone()).containsExactly(one);
        SocketEntry connection = socket(at(40_000), at(80), ESTABLISHED, 11, 0);
        next(other, connection);
        assertThat(next(other, socket(at(40_000), at(80), TIME_WAIT, 0, 0)).gone())
                .isEmpty();
    }

    @Test
    void aSocketThatADumpShowsTwiceIsToldOnce() {
        assertThat(next(CLIENT, CLIENT).sockets()).hasSize(1);
        assertThat(history.next(polled(CLIENT, CLIENT), true).sockets()).hasSize(1);
    }

    /** Whatever changes in between, a reader that applies the changes has the table of the last poll. */
    @Test
    void changesAddUpToTheTable() {
        java.util.Random random = new java.util.Random(4);
        java.util.Map<Long, SocketState> reader = new java.util.HashMap<>();
        for (int round = 0; round < 500; round++) {
            List<SocketEntry> table = new ArrayList<>();
            for (int port = 1; port <= 20; port++) {
                if (random.nextInt(3) > 0) {
                    SocketState[] states = {ESTABLISHED, CLOSE_WAIT, TIME_WAIT};
                    table.add(socket(port, 80, states[random.nextInt(states.length)], 1));
                }
            }
            SocketChanges changes = history.next(polled(table.toArray(new SocketEntry[0])), random.nextInt(10) == 0);
            changes.gone().forEach(gone -> reader.remove(gone.cookie()));
            changes.sockets()
                    .forEach(told ->
                            reader.put(told.entry().cookie(), told.entry().state()));
            assertThat(reader)
                    .isEqualTo(table.stream()
                            .collect(java.util.stream.Collectors.toMap(SocketEntry::cookie, SocketEntry::state)));
        }
    }

    private void assertTold(SocketEntry now) {
        assertThat(next(now).sockets()).extracting(PolledSocket::entry).containsExactly(now);
    }

    private void assertNotTold(SocketEntry now) {
        assertThat(next(now).sockets()).isEmpty();
    }

    private SocketChanges next(SocketEntry... now) {
        return history.next(polled(now), false);
    }

    private List<PolledSocket> polled(SocketEntry... entries) {
        return Stream.of(entries)
                .map(entry -> new PolledSocket(entry, null, 0, readNs))
                .toList();
    }
}
