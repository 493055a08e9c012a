package io.loopscope.agent.sockets;

import static io.loopscope.agent.sockets.SocketState.ESTABLISHED;
import static io.loopscope.agent.sockets.Sockets.socket;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OwnTrafficProofTest {
    private static final int BROKER = 9092;

    private final TestClock clock = new TestClock();
    private final FakeSockets self = new FakeSockets();
    /** What the traffic takes for own, so that it may be wrong. */
    private final FakeSockets believed = new FakeSockets();

    private final Sockets table = new Sockets();
    private final AtomicLong open = new AtomicLong();
    private final SocketOwnTraffic traffic =
            new SocketOwnTraffic(believed, table, () -> Set.of(Sockets.at(BROKER)), clock, List::of);

    OwnTrafficProofTest() {
        traffic.proving(new OwnTrafficProof(self, table, traffic::owns, open::get));
    }

    @Test
    void holdsWhenEveryConnectionOfTheClientIsKnown() {
        connect(1);
        refresh(5);
        assertThat(traffic.limitations()).isEmpty();
    }

    @Test
    void holdsWhileThereIsNoConnection() {
        refresh(5);
        assertThat(traffic.limitations()).isEmpty();
    }

    @Test
    void failsWhenTheTableDoesNotShowTheConnectionOfTheClient() {
        open.set(1);
        refresh(2);
        assertThat(traffic.limitations()).as("it may just be closing").isEmpty();
        refresh(1);
        assertThat(traffic.limitations()).singleElement().asString().contains("agent.exclude.ports");
    }

    @Test
    void failsWhenAConnectionOfThisProcessIsNotTakenForOwn() {
        connect(1);
        believed.inodes.clear();
        refresh(5);
        assertThat(traffic.limitations()).singleElement().asString().contains("cannot prove");
    }

    @Test
    void isMadeAnewWhenConnectionsChange() {
        connect(1);
        refresh(5);
        connect(2);
        believed.inodes.remove(2L);
        refresh(5);
        assertThat(traffic.limitations()).hasSize(1);
        believed.inodes.add(2L);
        refresh(1);
        assertThat(traffic.limitations()).isEmpty();
    }

    @Test
    void failsWhereTheTableCannotBeRead() {
        connect(1);
        table.setBroken(true);
        refresh(5);
        assertThat(traffic.limitations()).hasSize(2).anyMatch(text -> text.contains("cannot prove"));
    }

    /** So many connections to the broker, each with a socket of its own. */
    private void connect(int connections) {
        SocketEntry[] entries = new SocketEntry[connections];
        for (int i = 0; i < connections; i++) {
            entries[i] = socket(40_000 + i, BROKER, ESTABLISHED, i + 1);
            self.inodes.add(i + 1L);
            believed.inodes.add(i + 1L);
        }
        table.set(entries);
        open.set(connections);
    }

    private void refresh(int times) {
        for (int i = 0; i < times; i++) {
            clock.advance(Duration.ofSeconds(1));
            traffic.refresh();
        }
    }
}
