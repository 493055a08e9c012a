package io.loopscope.processor.streams;

import io.loopscope.processor.tcp.Address;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.schemas.ConnectionKey;
import io.loopscope.schemas.v1.SocketAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** Addresses and 4-tuples between the words of the TCP core and those of the contract. */
final class Sockets {
    private Sockets() {}

    static ConnectionKey key(String hostId, FourTuple tuple) {
        return ConnectionKey.of(
                hostId,
                tuple.networkNamespace(),
                socket(tuple.low(), tuple.lowPort()),
                socket(tuple.high(), tuple.highPort()));
    }

    static FourTuple tuple(ConnectionKey key) {
        return FourTuple.of(
                key.networkNamespace(),
                Address.of(key.low().getAddress()),
                key.low().getPort(),
                Address.of(key.high().getAddress()),
                key.high().getPort());
    }

    static SocketAddress published(Address address, int port) {
        return new SocketAddress(ByteBuffer.wrap(address.octets()), port);
    }

    /** {@code 127.0.0.1:80} or {@code [::1]:80}. */
    static String text(Address address, int port) {
        return ConnectionKey.text(socket(address, port));
    }

    private static InetSocketAddress socket(Address address, int port) {
        return ConnectionKey.socket(address.octets(), port);
    }
}
