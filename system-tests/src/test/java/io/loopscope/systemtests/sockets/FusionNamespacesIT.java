package io.loopscope.systemtests.sockets;

import static io.loopscope.schemas.v1.AnomalyStage.CLEARED;
import static io.loopscope.schemas.v1.AnomalyStage.OPENED;
import static io.loopscope.schemas.v1.TcpState.CLOSE_WAIT;
import static io.loopscope.schemas.v1.TcpState.ESTABLISHED;
import static io.loopscope.schemas.v1.TcpState.FIN_WAIT_2;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.sockets.NetworkNamespace;
import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.AnomalyScope;
import io.loopscope.schemas.v1.AnomalyStage;
import io.loopscope.schemas.v1.ConnectionEvent;
import io.loopscope.schemas.v1.Evidence;
import io.loopscope.schemas.v1.TcpState;
import io.loopscope.systemtests.harness.ChildProcess;
import io.loopscope.systemtests.harness.EndStates;
import io.loopscope.systemtests.harness.EventLog;
import io.loopscope.systemtests.harness.FourTuple;
import io.loopscope.systemtests.harness.LeakyServer;
import io.loopscope.systemtests.harness.LoopbackPair;
import io.loopscope.systemtests.harness.Needs;
import io.loopscope.systemtests.harness.Pipeline;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.Waits;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the socket table tells of listeners, in network namespaces of their own: nobody else has sockets there. */
class FusionNamespacesIT {
    private static final int BACKLOG = 1;
    private static final int PORTS = 20;
    private static final int FIRST_PORT = 40_000;
    private static final int LAST_PORT = FIRST_PORT + PORTS - 1;

    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    private static NetworkNamespace one;
    private static NetworkNamespace other;
    private static Pipeline pipeline;
    private static EventLog log;

    @BeforeAll
    static void start() throws Exception {
        Needs.root();
        Needs.programs("ip");
        one = NamedNamespaces.add(PROCESSES, "fusion-one");
        other = NamedNamespaces.add(PROCESSES, "fusion-other");
        pipeline = Pipeline.start(PROCESSES, """
                detector:
                  close.wait.stuck.warning.after: 2s
                  never.accepted.warning.after: 1s
                  accept.queue.full.interval: 1s
                  connection.leak.interval: 1s
                  connection.leak.count: 3
                  time.wait.pressure.interval: 1s
                  time.wait.pressure.share: 0.5
                """, """
                  netns: [%s, %s]
                  sockets.poll.interval: 250ms
                  sockets.full.every: 8
                  sockets.cpu.share: 1
                """.formatted(one.name(), other.name()));
        log = pipeline.log();
    }

    @Test
    void theSameTupleInTwoNamespacesIsTwoConnections() throws Exception {
        LoopbackPair leaking = PROCESSES.closing(one.call(LoopbackPair::open));
        FourTuple tuple = leaking.tuple();
        LoopbackPair healthy = PROCESSES.closing(other.call(() -> LoopbackPair.again(tuple)));
        assertThat(healthy.tuple()).isEqualTo(tuple);
        healthy.exchange(10);
        leaking.client().shutdownOutput();

        AnomalyEvent opened = awaitAnomaly(tuple.server().getPort(), "CLOSE_WAIT_STUCK", OPENED);
        assertThat(opened.getNetworkNamespace()).isEqualTo(one.inode());
        assertThat(opened.getEvidence()).isEqualTo(Evidence.BOTH);
        ConnectionEvent leak = awaitStates(one, tuple, new EndStates(FIN_WAIT_2, CLOSE_WAIT));
        ConnectionEvent pool = awaitStates(other, tuple, new EndStates(ESTABLISHED, ESTABLISHED));
        assertThat(leak.getConnectionId()).isEqualTo(opened.getConnectionId()).isNotEqualTo(pool.getConnectionId());

        leaking.server().close();
        assertThat(awaitAnomaly(tuple.server().getPort(), "CLOSE_WAIT_STUCK", CLEARED)
                        .getAnomalyId())
                .isEqualTo(opened.getAnomalyId());
        assertThat(log.events(tuple))
                .filteredOn(event -> event.getNetworkNamespace() == other.inode())
                .as("the other lives on, and is one connection")
                .allMatch(event -> event.getConnectionId().equals(pool.getConnectionId()))
                .extracting(ConnectionEvent::getServerState)
                .doesNotContain(CLOSE_WAIT, TcpState.CLOSED)
                .endsWith(ESTABLISHED);
        assertThat(log.anomalies(tuple)).noneMatch(event -> event.getNetworkNamespace() == other.inode());
    }

    @Test
    void anAcceptQueueIsFullUntilItIsAccepted() throws Exception {
        ServerSocket listener = listener(one, 0, BACKLOG);
        int port = listener.getLocalPort();
        for (int i = 0; i <= BACKLOG; i++) { // Linux takes one more than the backlog.
            connect(port);
        }
        SocketChannel dropped = PROCESSES.closing(one.call(SocketChannel::open));
        dropped.configureBlocking(false);
        dropped.connect(listener.getLocalSocketAddress());

        AnomalyEvent full = awaitAnomaly(port, "ACCEPT_QUEUE_FULL", OPENED);
        assertThat(full.getScope()).isEqualTo(AnomalyScope.LISTENER);
        assertThat(full.getNetworkNamespace()).isEqualTo(one.inode());
        assertThat(full.getServerProcess())
                .isEqualTo(process(ProcessHandle.current().pid()));
        assertThat(full.getAttributes())
                .containsEntry("backlog", Integer.toString(BACKLOG))
                .containsKey("accept_queue");
        listener.setSoTimeout((int) Waits.PIPELINE.toMillis());
        for (int i = 0; i <= BACKLOG + 1; i++) { // The dropped one comes when its SYN is repeated.
            PROCESSES.closing(listener.accept());
        }
        AnomalyEvent cleared = awaitAnomaly(port, "ACCEPT_QUEUE_FULL", CLEARED);
        assertThat(cleared.getAnomalyId()).isEqualTo(full.getAnomalyId());
    }

    @Test
    void aServerThatIsStoppedAcceptsNothingUntilItGoesOn() throws Exception {
        ChildProcess server = leakyServer("stopped-server");
        int port = port(server);
        server.suspend();
        connect(port);
        AnomalyEvent opened = awaitAnomaly(port, "NEVER_ACCEPTED", OPENED);
        assertThat(opened.getServerProcess()).isEqualTo(process(server.pid()));
        assertThat(opened.getClientState()).isEqualTo(ESTABLISHED);
        assertThat(opened.getServerState()).isEqualTo(ESTABLISHED);
        server.signal("CONT");
        AnomalyEvent cleared = awaitAnomaly(port, "NEVER_ACCEPTED", CLEARED);
        assertThat(cleared.getAnomalyId()).isEqualTo(opened.getAnomalyId());
        assertThat(cleared.getClearReason()).isEqualTo("progressed");
    }

    @Test
    void aLeakThatGrowsNamesItsProcess() throws Exception {
        ChildProcess server = leakyServer("leaking-server");
        int port = port(server);
        long giveUp = Pipeline.nowNs() + Waits.PIPELINE.toNanos();
        int leaked = 0;
        while (find(port, "CONNECTION_LEAK", OPENED) == null && Pipeline.nowNs() < giveUp) {
            connect(port).shutdownOutput();
            leaked++;
            pipeline.settle(); // Paces it: one heartbeat.
        }
        AnomalyEvent opened = awaitAnomaly(port, "CONNECTION_LEAK", OPENED);
        assertThat(opened.getScope()).isEqualTo(AnomalyScope.LISTENER);
        assertThat(opened.getServerProcess()).isEqualTo(process(server.pid()));
        assertThat(opened.getAttributes())
                .containsEntry("pid", Long.toString(server.pid()))
                .containsKeys("open_files", "open_files_limit", "seconds_until_open_files_limit");
        assertThat(Integer.parseInt(opened.getAttributes().get("close_wait"))).isBetween(3, leaked);
        assertThat(Double.parseDouble(opened.getAttributes().get("growth_per_minute")))
                .isPositive();
    }

    @Test
    void portsThatRestInTimeWaitAreCountedAgainstThoseThatClientsCanGet() throws Exception {
        set("ip_local_port_range", FIRST_PORT + " " + LAST_PORT);
        set("tcp_tw_reuse", "0"); // Else a connection may take over one that rests.
        ServerSocket listener = listener(other, LAST_PORT + 1, PORTS);
        for (int i = 0; i <= PORTS / 2; i++) {
            Socket client = other.call(() -> new Socket(listener.getInetAddress(), listener.getLocalPort()));
            Socket server = listener.accept();
            client.close();
            server.close();
        }
        AnomalyEvent opened = awaitAnomaly(listener.getLocalPort(), "TIME_WAIT_PRESSURE", OPENED);
        assertThat(opened.getNetworkNamespace()).isEqualTo(other.inode());
        assertThat(opened.getAttributes())
                .containsEntry("ephemeral_ports", Integer.toString(PORTS))
                .containsEntry("time_wait", Integer.toString(PORTS / 2 + 1));
        set("ip_local_port_range", FIRST_PORT + " " + (FIRST_PORT + 10 * PORTS));
        AnomalyEvent cleared = awaitAnomaly(listener.getLocalPort(), "TIME_WAIT_PRESSURE", CLEARED);
        assertThat(cleared.getAnomalyId()).isEqualTo(opened.getAnomalyId());
    }

    /** A setting of the other namespace. */
    private static void set(String setting, String value) throws Exception {
        other.call(() -> Files.writeString(Path.of("/proc/sys/net/ipv4", setting), value));
    }

    private static ChildProcess leakyServer(String name) throws Exception {
        return one.call(() -> PROCESSES.startJava(name, LeakyServer.class));
    }

    private static int port(ChildProcess server) {
        return Integer.parseInt(server.awaitOutput(Pattern.compile("port (\\d+)"), Waits.PROGRAM)
                .group(1));
    }

    /** The socket is made by bind(), not by the constructor. */
    private static ServerSocket listener(NetworkNamespace namespace, int port, int backlog) throws Exception {
        return PROCESSES.closing(namespace.call(
                () -> new ServerSocket(port, backlog, FourTuple.loopback(0).getAddress())));
    }

    private static Socket connect(int port) throws Exception {
        return PROCESSES.closing(one.call(() -> new Socket(FourTuple.loopback(0).getAddress(), port)));
    }

    private static AnomalyEvent awaitAnomaly(int port, String name, AnomalyStage stage) {
        return log.await(
                stage + " " + name + " of port " + port,
                Waits.PIPELINE,
                () -> find(port, name, stage),
                event -> event != null,
                () -> "anomalies of the port: " + ofPort(port));
    }

    private static AnomalyEvent find(int port, String name, AnomalyStage stage) {
        return ofPort(port).stream()
                .filter(event -> event.getName().equals(name) && event.getStage() == stage)
                .findFirst()
                .orElse(null);
    }

    private static List<AnomalyEvent> ofPort(int port) {
        return log.anomalies().stream()
                .filter(event -> event.getServer() != null && event.getServer().getPort() == port)
                .toList();
    }

    private static ConnectionEvent awaitStates(NetworkNamespace namespace, FourTuple tuple, EndStates states) {
        return log.await(
                tuple + " " + states + " in " + namespace,
                Waits.PIPELINE,
                () -> log.events(tuple).stream()
                        .filter(event -> event.getNetworkNamespace() == namespace.inode())
                        .reduce((before, after) -> after)
                        .orElse(null),
                event -> event != null && new EndStates(event.getClientState(), event.getServerState()).equals(states),
                () -> log.describe(tuple));
    }

    private static String process(long pid) {
        return "java[" + pid + "]";
    }
}
