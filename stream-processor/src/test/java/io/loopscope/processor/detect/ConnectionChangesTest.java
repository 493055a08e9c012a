package io.loopscope.processor.detect;

import static io.loopscope.processor.tcp.Role.CLIENT;
import static io.loopscope.processor.tcp.Role.SERVER;
import static io.loopscope.processor.tcp.TcpState.CLOSED;
import static io.loopscope.processor.tcp.TcpState.CLOSE_WAIT;
import static io.loopscope.processor.tcp.TcpState.ESTABLISHED;
import static io.loopscope.processor.tcp.TcpState.FIN_WAIT_1;
import static io.loopscope.processor.tcp.TcpState.FIN_WAIT_2;
import static io.loopscope.processor.tcp.TcpState.LAST_ACK;
import static io.loopscope.processor.tcp.TcpState.SYN_RECEIVED;
import static io.loopscope.processor.tcp.TcpState.SYN_SENT;
import static io.loopscope.processor.tcp.TcpState.TIME_WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.detect.ConnectionChange.Cause;
import io.loopscope.processor.detect.ConnectionChange.StateChange;
import io.loopscope.processor.detect.ConnectionChange.Type;
import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.TcpState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Connection events and the census. */
class ConnectionChangesTest {

    private final Scene scene = new Scene();

    @Test
    void wholeLifeOfAConnection() {
        scene.connects(50_000);
        scene.send(50_000, true, "<SEQ=100><ACK=300><CTL=ACK><LEN=10>");
        scene.send(50_000, false, "<SEQ=300><ACK=110><CTL=ACK>");
        scene.advance(1).send(50_000, true, "<SEQ=110><ACK=300><CTL=FIN,ACK>");
        scene.send(50_000, false, "<SEQ=300><ACK=111><CTL=FIN,ACK>");
        scene.send(50_000, true, "<SEQ=111><ACK=301><CTL=ACK>").advance(60);

        assertThat(scene.connections)
                .extracting(ConnectionChange::type)
                .containsExactly(
                        Type.OPENED,
                        Type.STATE_CHANGED,
                        Type.STATE_CHANGED,
                        Type.STATE_CHANGED,
                        Type.STATE_CHANGED,
                        Type.STATE_CHANGED,
                        Type.CLOSED);
        assertThat(changes(0))
                .containsExactlyInAnyOrder(
                        new StateChange(CLIENT, CLOSED, SYN_SENT), new StateChange(SERVER, CLOSED, SYN_RECEIVED));
        assertThat(changes(1)).containsExactly(new StateChange(CLIENT, SYN_SENT, ESTABLISHED));
        assertThat(changes(2)).containsExactly(new StateChange(SERVER, SYN_RECEIVED, ESTABLISHED));
        assertThat(changes(3))
                .containsExactlyInAnyOrder(
                        new StateChange(CLIENT, ESTABLISHED, FIN_WAIT_1),
                        new StateChange(SERVER, ESTABLISHED, CLOSE_WAIT));
        assertThat(changes(4))
                .containsExactlyInAnyOrder(
                        new StateChange(SERVER, CLOSE_WAIT, LAST_ACK),
                        new StateChange(CLIENT, FIN_WAIT_1, FIN_WAIT_2),
                        new StateChange(CLIENT, FIN_WAIT_2, TIME_WAIT));
        assertThat(changes(5)).containsExactly(new StateChange(SERVER, LAST_ACK, CLOSED));
        assertThat(changes(6)).containsExactly(new StateChange(CLIENT, TIME_WAIT, CLOSED));
    }

    @Test
    void eventsAreNumberedAndSayWhatCausedThem() {
        wholeLifeOfAConnection();
        List<Integer> numbers = new ArrayList<>();
        for (ConnectionChange change : scene.connections) {
            numbers.add(change.number());
        }
        assertThat(numbers).containsExactly(0, 1, 2, 3, 4, 5, 6);
        assertThat(scene.connections).extracting(ConnectionChange::eventId).doesNotHaveDuplicates();
        assertThat(scene.connections.get(0).cause()).isEqualTo(new Cause(CLIENT, 2, 99, 0, 65535, 0));
        assertThat(scene.connections.get(4).cause()).isEqualTo(new Cause(SERVER, 17, 1, 12, 65535, 0));
        assertThat(scene.connections.get(6).cause()).as("a timer").isNull();
    }

    @Test
    void summaryAtTheEnd() {
        wholeLifeOfAConnection();
        ConnectionSummary summary = scene.connections.get(6).summary();
        assertThat(summary.connState()).isEqualTo("SF");
        assertThat(summary.endReason()).isEqualTo("closed");
        assertThat(summary.startedNanos()).isEqualTo(Scene.START);
        assertThat(summary.endedNanos()).isEqualTo(Scene.START + Scene.SECOND);
        assertThat(summary.clientToServer().segments()).isEqualTo(5);
        assertThat(summary.clientToServer().octets()).isEqualTo(10);
        assertThat(summary.serverToClient().segments()).isEqualTo(3);
        assertThat(scene.connections.get(5).summary()).isNull();
    }

    @Test
    void newIncarnationHasANewId() {
        scene.connects(50_000).clientCloses(50_000).serverCloses(50_000).advance(2);
        String first = scene.connections.get(0).connection().id();
        scene.connects(50_000, 70_000);
        ConnectionChange last = scene.connections.get(scene.connections.size() - 1);
        assertThat(last.connection().id()).isNotEqualTo(first);
        assertThat(first).matches("[a-z2-7]{16}");
        Scene again = new Scene().connects(50_000);
        assertThat(again.connections.get(0).connection().id()).isEqualTo(first);
    }

    @Test
    void censusIsPublishedAsChangesZerosIncluded() {
        for (int i = 0; i < 3; i++) {
            scene.connects(50_000 + i);
        }
        scene.advance(1);
        assertThat(current())
                .containsExactlyInAnyOrderEntriesOf(Map.of("CLIENT ESTABLISHED", 3L, "SERVER ESTABLISHED", 3L));
        assertThat(scene.census).as("what came and went in between is not told").hasSize(2);
        scene.clientCloses(50_000).advance(1);
        assertThat(current())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "CLIENT ESTABLISHED", 2L,
                        "SERVER ESTABLISHED", 2L,
                        "CLIENT FIN-WAIT-2", 1L,
                        "SERVER CLOSE-WAIT", 1L));
        scene.serverCloses(50_000).advance(100);
        assertThat(current())
                .containsExactlyInAnyOrderEntriesOf(Map.of("CLIENT ESTABLISHED", 2L, "SERVER ESTABLISHED", 2L));
        assertThat(scene.census).anyMatch(count -> count.state() == TcpState.CLOSE_WAIT && count.count() == 0);
        int before = scene.census.size();
        scene.advance(1);
        assertThat(scene.census).hasSize(before);
    }

    @Test
    void midStreamConnectionOfAKnownListener() {
        scene.connects(50_000);
        // The server's port is the higher one, and the first segment seen is its own.
        scene.send(1_000, false, "<SEQ=300><ACK=100><CTL=ACK><LEN=5>");
        ConnectionView view =
                scene.connections.get(scene.connections.size() - 1).connection();
        assertThat(view.partial()).isTrue();
        assertThat(view.port(Role.SERVER)).isEqualTo(Scene.SERVER_PORT);
    }

    private List<StateChange> changes(int event) {
        return scene.connections.get(event).changes();
    }

    /** Last published counts that are not 0. */
    private Map<String, Long> current() {
        Map<String, Long> counts = new HashMap<>();
        for (CensusChange count : scene.census) {
            counts.put(count.end() + " " + count.state(), count.count());
        }
        counts.values().removeIf(count -> count == 0);
        return counts;
    }
}
