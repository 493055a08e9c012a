package io.loopscope.systemtests.kernel;

import static io.loopscope.schemas.v1.TcpState.CLOSED;
import static io.loopscope.schemas.v1.TcpState.CLOSE_WAIT;
import static io.loopscope.schemas.v1.TcpState.ESTABLISHED;
import static io.loopscope.schemas.v1.TcpState.FIN_WAIT_2;
import static io.loopscope.schemas.v1.TcpState.TIME_WAIT;
import static io.loopscope.systemtests.kernel.Scene.SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.ConnectionKey;
import io.loopscope.systemtests.harness.FourTuple;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The spellings of loopback: one address on the wire has one form in the core and in the kernel's table. */
class AddressesIT {
    private static final int BACKLOG = 8;
    private static final InetSocketAddress ANY = ConnectionKey.socket(new byte[16], SERVER.getPort());

    @RegisterExtension
    final Scene scene = new Scene();

    @Test
    void ipv6() throws Exception {
        lives(socket6(), socket6().bind(FourTuple.loopback6(SERVER.getPort())).listen(BACKLOG));
    }

    @Test
    void anIpv4MappedClient() throws Exception {
        Pair pair = lives(socket6(), scene.listener());
        assertThat(scene.watched(pair).connection().fourTuple().low().isIpv4()).isTrue();
    }

    @Test
    void anIpv4MappedServer() throws Exception {
        TcpSocket listener = socket6().bind(ANY).listen(BACKLOG);
        TcpSocket client = scene.socket().connect(SERVER);
        TcpSocket server = scene.closing(listener.accept());
        lives(new Pair(client, server, new FourTuple(client.local(), SERVER)));
    }

    @Test
    void anotherAddressOfTheBlock() throws Exception {
        InetSocketAddress alias = ConnectionKey.socket(new byte[] {127, 1, 2, 3}, SERVER.getPort());
        lives(scene.socket(), scene.socket().bind(alias).listen(BACKLOG));
    }

    @Test
    void theHostsOwnOtherAddress() throws Exception {
        Namespace.run("ip", "address", "add", "192.0.2.1/32", "dev", "lo");
        InetSocketAddress own = ConnectionKey.socket(new byte[] {(byte) 192, 0, 2, 1}, SERVER.getPort());
        lives(scene.socket(), scene.socket().bind(own).listen(BACKLOG));
    }

    @Test
    void equalPortsOnDifferentAddressesAreDifferentConnections() throws Exception {
        InetSocketAddress client = FourTuple.loopback(40001);
        InetSocketAddress client6 = FourTuple.loopback6(40001);
        Pair pair = scene.connect(scene.socket().bind(client), scene.listener());
        Pair pair6 = scene.connect(
                socket6().bind(client6),
                socket6().bind(FourTuple.loopback6(SERVER.getPort())).listen(BACKLOG));
        pair.client().shutdownOutput();
        scene.agree(pair, FIN_WAIT_2, CLOSE_WAIT);
        scene.agree(pair6, ESTABLISHED, ESTABLISHED);
    }

    private TcpSocket socket6() {
        return scene.closing(TcpSocket.open6());
    }

    private Pair lives(TcpSocket client, TcpSocket listener) throws Exception {
        return lives(scene.connect(client, listener));
    }

    private Pair lives(Pair pair) throws Exception {
        pair.toServer(10);
        pair.toClient(10);
        scene.agree(pair, ESTABLISHED, ESTABLISHED);
        pair.client().shutdownOutput();
        scene.agree(pair, FIN_WAIT_2, CLOSE_WAIT);
        pair.server().close();
        scene.agree(pair, TIME_WAIT, CLOSED);
        return pair;
    }
}
