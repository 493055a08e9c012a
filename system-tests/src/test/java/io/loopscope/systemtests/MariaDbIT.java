package io.loopscope.systemtests;

import static io.loopscope.schemas.v1.AnomalyStage.CLEARED;
import static io.loopscope.schemas.v1.AnomalyStage.OPENED;
import static io.loopscope.schemas.v1.TcpState.CLOSE_WAIT;
import static io.loopscope.schemas.v1.TcpState.ESTABLISHED;
import static io.loopscope.schemas.v1.TcpState.FIN_WAIT_2;
import static io.loopscope.schemas.v1.TcpState.TIME_WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.ConnectionEvent;
import io.loopscope.schemas.v1.End;
import io.loopscope.schemas.v1.TcpState;
import io.loopscope.systemtests.harness.CaptureComparison;
import io.loopscope.systemtests.harness.Checkpoint;
import io.loopscope.systemtests.harness.ChildProcess;
import io.loopscope.systemtests.harness.EndStates;
import io.loopscope.systemtests.harness.EventLog;
import io.loopscope.systemtests.harness.FourTuple;
import io.loopscope.systemtests.harness.KernelSockets;
import io.loopscope.systemtests.harness.MariaDb;
import io.loopscope.systemtests.harness.Needs;
import io.loopscope.systemtests.harness.Pipeline;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.Sysbench;
import io.loopscope.systemtests.harness.Tcpdump;
import io.loopscope.systemtests.harness.Waits;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A real database on port 13306: its connections, its killed clients, and a minute of load. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MariaDbIT {
    private static final Duration LOAD = Duration.ofSeconds(60);
    /** What says that the capture has lost packets, by its counters or because the socket table knows better. */
    private static final Set<String> OF_A_LOSS = Set.of("CAPTURE_DEGRADED", "STATE_DIVERGENCE");

    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    private static Pipeline pipeline;
    private static EventLog log;
    private static MariaDb database;

    @BeforeAll
    static void start() {
        Needs.root();
        Needs.programs("mariadbd", "mariadb-install-db", "mariadb", "sysbench", "tcpdump");
        // Compared packet by packet with tcpdump.
        pipeline = Pipeline.start(PROCESSES, """
                detector:
                  close.wait.stuck.warning.after: 3s
                """, "  fidelity: all\n");
        log = pipeline.log();
        database = MariaDb.start(PROCESSES);
    }

    @Test
    @Order(1)
    void connectQueryQuit() throws SQLException {
        FourTuple tuple;
        try (Connection connection = database.connect()) {
            tuple = MariaDb.tuple(connection);
            ConnectionEvent established = Checkpoint.reached(pipeline, tuple, ESTABLISHED, ESTABLISHED);
            assertThat(established.getPartial()).isFalse();
            for (int i = 1; i <= 10; i++) {
                assertThat(select(connection, "SELECT " + i + " * 2")).isEqualTo(2L * i);
            }
        }
        // Client and server both close on COM_QUIT; which FIN comes first is theirs to decide, and the kernel knows.
        EndStates end = Awaitility.await("one end of " + tuple + " in TIME-WAIT")
                .until(() -> KernelSockets.of(tuple), now -> now.client() == TIME_WAIT || now.server() == TIME_WAIT);
        Checkpoint.reached(pipeline, tuple, end.client(), end.server());
        assertThat(states(tuple, End.CLIENT)).startsWith(TcpState.CLOSED, TcpState.SYN_SENT, ESTABLISHED);
        assertThat(states(tuple, End.SERVER)).startsWith(TcpState.CLOSED, TcpState.SYN_RECEIVED, ESTABLISHED);
        boolean clientFirst = end.client() == TIME_WAIT;
        assertThat(states(tuple, clientFirst ? End.CLIENT : End.SERVER))
                .as(() -> log.describe(tuple))
                .endsWith(ESTABLISHED, TcpState.FIN_WAIT_1, FIN_WAIT_2, TIME_WAIT);
        assertThat(states(tuple, clientFirst ? End.SERVER : End.CLIENT))
                .as(() -> log.describe(tuple))
                .endsWith(ESTABLISHED, CLOSE_WAIT, TcpState.LAST_ACK, TcpState.CLOSED);
        pipeline.settle();
        assertThat(log.anomalies(tuple)).isEmpty();
    }

    @Test
    @Order(2)
    void anIdleClientThatIsKilledLeavesNothingBehind() throws SQLException {
        ChildProcess client = client("idle-client"); // It waits for statements on its standard input.
        try (Connection observer = database.connect()) {
            FourTuple tuple = tupleOf(observer, "COMMAND = 'Sleep' AND ID <> CONNECTION_ID()");
            Checkpoint.reached(pipeline, tuple, ESTABLISHED, ESTABLISHED);
            client.kill();
            Checkpoint.reached(pipeline, tuple, TIME_WAIT, TcpState.CLOSED);
            pipeline.settle();
            assertThat(log.anomalies(tuple)).as(() -> log.describe(tuple)).isEmpty();
        }
    }

    @Test
    @Order(3)
    void aBusyClientThatIsKilledLeavesTheServerInCloseWaitUntilTheQueryEnds() throws SQLException {
        ChildProcess client = client("busy-client", "-e", "SELECT SLEEP(600)");
        try (Connection observer = database.connect()) {
            FourTuple tuple = tupleOf(observer, "INFO = 'SELECT SLEEP(600)'");
            Checkpoint.reached(pipeline, tuple, ESTABLISHED, ESTABLISHED);
            client.kill();
            Checkpoint.reached(pipeline, tuple, FIN_WAIT_2, CLOSE_WAIT);
            AnomalyEvent opened = log.awaitAnomaly(tuple, "CLOSE_WAIT_STUCK", OPENED, Waits.PIPELINE);
            assertThat(opened.getEnd()).isEqualTo(End.SERVER);

            // The query ends, and its result meets a socket that has no owner: RST.
            execute(observer, "KILL QUERY " + queryId(observer));
            Checkpoint.reached(pipeline, tuple, TcpState.CLOSED, TcpState.CLOSED);
            AnomalyEvent cleared = log.awaitAnomaly(tuple, "CLOSE_WAIT_STUCK", CLEARED, Waits.PIPELINE);
            assertThat(cleared.getAnomalyId()).isEqualTo(opened.getAnomalyId());
            // The result comes first and the RST that answers it after that: whichever is taken for the end.
            assertThat(cleared.getClearReason()).isIn("progressed", "reset");
        }
    }

    @Test
    @Order(4)
    void aMinuteOfLoadRaisesNothingAndNoPacketIsMissing() throws SQLException {
        Sysbench.prepare(PROCESSES);
        pipeline.settle();
        int anomaliesBefore = ofTheDatabaseOrTheHost().size();
        Tcpdump tcpdump = Tcpdump.start(PROCESSES, MariaDb.PORT);
        CaptureComparison comparison = CaptureComparison.begin(pipeline, MariaDb.PORT);

        ChildProcess sysbench = Sysbench.start(PROCESSES, LOAD);
        int connections = 0;
        while (sysbench.isAlive()) { // sysbench keeps its connections; others come and go.
            try (Connection connection = database.connect()) {
                assertThat(select(connection, "SELECT COUNT(*) FROM sbtest1")).isEqualTo(Sysbench.ROWS);
                connections++;
            }
        }
        long queries = Sysbench.awaitQueries(sysbench, LOAD);

        tcpdump.stop();
        pipeline.settle();
        assertThat(queries).as("queries answered").isGreaterThan(1000);
        assertThat(connections).as("connections that came and went").isGreaterThan(10);
        assertThat(ofTheDatabaseOrTheHost().stream()
                        .skip(anomaliesBefore)
                        .filter(anomaly -> anomaly.getStage() != CLEARED)
                        .filter(anomaly -> !(OF_A_LOSS.contains(anomaly.getName()) && comparison.drops() > 0)))
                .as("anomalies raised by a healthy load; that the capture has lost something is true when it has")
                .isEmpty();
        comparison.assertNothingIsMissing(tcpdump);
    }

    private static List<AnomalyEvent> ofTheDatabaseOrTheHost() {
        return log.anomalies().stream()
                .filter(anomaly ->
                        anomaly.getServer() == null || anomaly.getServer().getPort() == MariaDb.PORT)
                .toList();
    }

    private static ChildProcess client(String name, String... arguments) {
        List<String> command = new ArrayList<>(List.of("mariadb"));
        command.addAll(MariaDb.clientArguments());
        command.addAll(List.of(arguments));
        return PROCESSES.start(name, Map.of(), command);
    }

    private static FourTuple tupleOf(Connection observer, String condition) {
        return Awaitility.await("the client is connected")
                .until(() -> MariaDb.tuples(observer, condition), tuples -> tuples.size() == 1)
                .get(0);
    }

    private static long queryId(Connection observer) throws SQLException {
        return select(observer, "SELECT ID FROM information_schema.PROCESSLIST WHERE INFO = 'SELECT SLEEP(600)'");
    }

    private static long select(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            assertThat(rows.next()).isTrue();
            return rows.getLong(1);
        }
    }

    private static void execute(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(query);
        }
    }

    /** The states that one end went through, by the published changes. */
    private static List<TcpState> states(FourTuple tuple, End end) {
        List<TcpState> states = new ArrayList<>();
        log.events(tuple).stream()
                .flatMap(event -> event.getChanges().stream())
                .filter(change -> change.getEnd() == end)
                .flatMap(change -> Stream.of(change.getFrom(), change.getTo()))
                .filter(state -> states.isEmpty() || states.get(states.size() - 1) != state)
                .forEach(states::add);
        return states;
    }
}
