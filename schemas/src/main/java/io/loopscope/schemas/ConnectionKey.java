package io.loopscope.schemas;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/**
 * What a TCP connection is keyed by: host, network namespace and the 4-tuple without a direction, so that both
 * directions and all incarnations share one key. 127.0.0.1 tuples repeat on every host and in every namespace.
 *
 * @param hostId stable name of the host, not empty
 * @param networkNamespace inode of the namespace, 0 where unknown
 * @param low the socket that sorts first: by address length, address octets (unsigned), port
 * @param high the other socket; equal to {@code low} for a connection from a socket to itself
 */
public record ConnectionKey(String hostId, long networkNamespace, InetSocketAddress low, InetSocketAddress high) {

    /** The canonical order of two sockets. */
    public static final Comparator<InetSocketAddress> CANONICAL_ORDER = Comparator.comparingInt(
                    (InetSocketAddress socket) -> octets(socket).length)
            .thenComparing(ConnectionKey::octets, Arrays::compareUnsigned)
            .thenComparingInt(InetSocketAddress::getPort);

    /**
     * @throws IllegalArgumentException when the host is empty, an address is unresolved or the order is not canonical
     */
    public ConnectionKey {
        if (hostId.isEmpty()) {
            throw new IllegalArgumentException("a connection key needs a host id");
        }
        if (low.isUnresolved() || high.isUnresolved()) {
            throw new IllegalArgumentException("a connection key needs addresses, not names: " + low + " " + high);
        }
        if (CANONICAL_ORDER.compare(low, high) > 0) {
            throw new IllegalArgumentException("not in canonical order: " + low + " " + high);
        }
    }

    /** The key of the connection between two sockets, given in any order. */
    public static ConnectionKey of(String hostId, long networkNamespace, InetSocketAddress a, InetSocketAddress b) {
        return CANONICAL_ORDER.compare(a, b) <= 0
                ? new ConnectionKey(hostId, networkNamespace, a, b)
                : new ConnectionKey(hostId, networkNamespace, b, a);
    }

    /**
     * A socket from address octets in network byte order; ::ffff:a.b.c.d becomes IPv4.
     *
     * @throws IllegalArgumentException when there are neither 4 nor 16 octets or the port is out of range
     */
    public static InetSocketAddress socket(byte[] address, int port) {
        try {
            // InetAddress turns IPv4-mapped octets into an Inet4Address: one form on the wire and in the key.
            return new InetSocketAddress(InetAddress.getByAddress(address), port);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address has 4 or 16 octets, not " + address.length, e);
        }
    }

    /**
     * Canonical bytes, the key of stored state: host length (2) and UTF-8, namespace (8), then for low and high: address
     * length (1), address, port (2); all big-endian. Keys of one host share a prefix.
     */
    public byte[] toBytes() {
        byte[] host = hostId.getBytes(StandardCharsets.UTF_8);
        byte[] lowAddress = octets(low);
        byte[] highAddress = octets(high);
        return ByteBuffer.allocate(2 + host.length + 8 + 6 + lowAddress.length + highAddress.length)
                .putShort((short) host.length)
                .put(host)
                .putLong(networkNamespace)
                .put((byte) lowAddress.length)
                .put(lowAddress)
                .putShort((short) low.getPort())
                .put((byte) highAddress.length)
                .put(highAddress)
                .putShort((short) high.getPort())
                .array();
    }

    /**
     * The key whose {@link #toBytes()} these are.
     *
     * @throws IllegalArgumentException when they are no key
     */
    public static ConnectionKey fromBytes(byte[] bytes) {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            byte[] host = new byte[Short.toUnsignedInt(buffer.getShort())];
            buffer.get(host);
            long networkNamespace = buffer.getLong();
            ConnectionKey key = new ConnectionKey(
                    new String(host, StandardCharsets.UTF_8), networkNamespace, readSocket(buffer), readSocket(buffer));
            if (buffer.hasRemaining()) {
                throw new IllegalArgumentException(buffer.remaining() + " octets behind a connection key");
            }
            return key;
        } catch (java.nio.BufferUnderflowException e) {
            throw new IllegalArgumentException("a connection key cut short at " + bytes.length + " octets", e);
        }
    }

    /** Canonical text, the key of published records: {@code host/namespace/127.0.0.1:13306-127.0.0.1:59994}. */
    @Override
    public String toString() {
        return hostId + '/' + networkNamespace + '/' + text(low) + '-' + text(high);
    }

    /** {@code 127.0.0.1:80} or {@code [::1]:80}. */
    public static String text(InetSocketAddress socket) {
        InetAddress address = socket.getAddress();
        String host = AddressText.of(address);
        return (address instanceof Inet6Address ? '[' + host + ']' : host) + ':' + socket.getPort();
    }

    private static byte[] octets(InetSocketAddress socket) {
        return socket.getAddress().getAddress();
    }

    private static InetSocketAddress readSocket(ByteBuffer buffer) {
        byte[] address = new byte[Byte.toUnsignedInt(buffer.get())];
        buffer.get(address);
        return socket(address, Short.toUnsignedInt(buffer.getShort()));
    }
}
