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

    /**
     * What {@link ConnectionKey#toBytes()} gives, without the objects in between.
     *
     * @param host {@link HostKey#toBytes()} of the host and namespace
     */
    static byte[] storeKey(byte[] host, FourTuple tuple) {
        int octets = (tuple.low().isIpv4() ? 4 : 16) + (tuple.high().isIpv4() ? 4 : 16);
        ByteBuffer key = ByteBuffer.allocate(host.length + octets + 2 * (1 + Short.BYTES));
        key.put(host);
        put(tuple.low(), tuple.lowPort(), key);
        put(tuple.high(), tuple.highPort(), key);
        return key.array();
    }

    private static void put(Address address, int port, ByteBuffer key) {
        if (address.isIpv4()) {
            key.put((byte) 4).putInt((int) address.low());
        } else {
            key.put((byte) 16).putLong(address.high()).putLong(address.low());
        }
        key.putShort((short) port);
    }

    /** What {@link ConnectionKey#toString()} gives, without the objects in between where that is simple. */
    static String publishedKey(String hostId, FourTuple tuple) {
        if (!tuple.low().isIpv4() || !tuple.high().isIpv4()) {
            return key(hostId, tuple).toString();
        }
        StringBuilder key = new StringBuilder(hostId.length() + 64);
        key.append(hostId).append('/').append(tuple.networkNamespace()).append('/');
        append(tuple.low(), tuple.lowPort(), key);
        append(tuple.high(), tuple.highPort(), key.append('-'));
        return key.toString();
    }

    private static void append(Address ipv4, int port, StringBuilder text) {
        for (int shift = 24; shift > 0; shift -= 8) {
            text.append((int) (ipv4.low() >>> shift) & 0xFF).append('.');
        }
        text.append((int) ipv4.low() & 0xFF).append(':').append(port);
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
