package io.loopscope.systemtests.kernel;

import static io.loopscope.schemas.v1.TcpState.CLOSED;
import static io.loopscope.schemas.v1.TcpState.CLOSE_WAIT;
import static io.loopscope.schemas.v1.TcpState.ESTABLISHED;
import static io.loopscope.schemas.v1.TcpState.FIN_WAIT_2;
import static io.loopscope.schemas.v1.TcpState.TIME_WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.tcp.ResetCause;
import io.loopscope.systemtests.harness.ChildProcess;
import io.loopscope.systemtests.harness.FourTuple;
import io.loopscope.systemtests.harness.LeakyServer;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.Waits;
import java.net.InetSocketAddress;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the end of a process, or its stillness, does to its connections. */
class ProcessesIT {
    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    @RegisterExtension
    final Scene scene = new Scene();

    @Test
    void aKilledProcessWithUnreadDataResets() throws Exception {
        ChildProcess server = start("killed", UnreadingServer.class);
        TcpSocket client = scene.socket().connect(address(server));
        FourTuple tuple = new FourTuple(client.local(), address(server));
        client.send(10);
        server.awaitOutput(Pattern.compile("accepted"), Waits.PROGRAM);
        scene.agree(tuple, ESTABLISHED, ESTABLISHED);
        server.kill();
        scene.agree(tuple, CLOSED, CLOSED);
        assertThat(scene.watched(tuple).connection().resetCause()).isEqualTo(ResetCause.UNREAD_DATA);
    }

    @Test
    void aProcessThatExitsWithUnreadDataInCloseWaitResets() throws Exception {
        ChildProcess server = start("exits-unread", UnreadingServer.class);
        TcpSocket client = scene.socket().connect(address(server));
        FourTuple tuple = new FourTuple(client.local(), address(server));
        client.send(10);
        client.shutdownOutput();
        server.awaitOutput(Pattern.compile("accepted"), Waits.PROGRAM);
        scene.agree(tuple, FIN_WAIT_2, CLOSE_WAIT);
        server.terminate();
        scene.agree(tuple, CLOSED, CLOSED);
    }

    @Test
    void aProcessThatExitsInCloseWaitCloses() throws Exception {
        ChildProcess server = start("exits", LeakyServer.class);
        TcpSocket client = scene.socket().connect(address(server));
        FourTuple tuple = new FourTuple(client.local(), address(server));
        client.send(10);
        client.shutdownOutput();
        server.awaitOutput(Pattern.compile("leaked"), Waits.PROGRAM);
        scene.agree(tuple, FIN_WAIT_2, CLOSE_WAIT);
        server.terminate();
        scene.agree(tuple, TIME_WAIT, CLOSED);
    }

    @Test
    void aStoppedServerStillCompletesHandshakes() throws Exception {
        ChildProcess server = start("stopped", LeakyServer.class);
        InetSocketAddress address = address(server);
        server.suspend();
        TcpSocket client = scene.socket().connect(address);
        FourTuple tuple = new FourTuple(client.local(), address);
        scene.agree(tuple, ESTABLISHED, ESTABLISHED);
        client.send(10);
        client.shutdownOutput();
        scene.agree(tuple, FIN_WAIT_2, CLOSE_WAIT); // Nobody has accepted it.
        server.signal("CONT");
        server.awaitOutput(Pattern.compile("leaked"), Waits.PROGRAM);
        scene.agree(tuple, FIN_WAIT_2, CLOSE_WAIT);
    }

    private ChildProcess start(String name, Class<?> main) {
        return scene.closing(PROCESSES.startJava(name, main));
    }

    private static InetSocketAddress address(ChildProcess server) {
        return FourTuple.loopback(Integer.parseInt(server.awaitOutput(Pattern.compile("port (\\d+)"), Waits.PROGRAM)
                .group(1)));
    }
}
