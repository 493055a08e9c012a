package io.loopscope.agent.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import org.junit.jupiter.api.Test;

class LocalAddressesTest {
    @Test
    void inTheProcesssOwnNamespaceTheyAreThoseThatJavaLists() throws Exception {
        assertThat(LocalAddresses.all())
                .contains(Sockets.at("127.0.0.1", 0))
                .containsExactlyInAnyOrderElementsOf(NetworkInterface.networkInterfaces()
                        .flatMap(NetworkInterface::inetAddresses)
                        .map(address -> Endpoint.of(new InetSocketAddress(address, 0)))
                        .toList());
    }
}
