package io.loopscope.systemtests.kernel;

import io.loopscope.schemas.ConnectionKey;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Structures of the C library as octets: {@code sockaddr_in}, {@code sockaddr_in6}, {@code pollfd}. */
final class SocketAddresses {
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int MAX_OCTETS = 28;

    private static final int IN_OCTETS = 16;
    private static final int PORT = 2;
    private static final int IN_ADDRESS = 4;
    private static final int IN6_ADDRESS = 8;

    private SocketAddresses() {}

    /** For a socket of that family: on an IPv6 socket an IPv4 address is mapped. */
    static byte[] encode(int family, InetSocketAddress address) {
        byte[] octets = address.getAddress().getAddress();
        byte[] structure = new byte[family == AF_INET ? IN_OCTETS : MAX_OCTETS];
        ByteBuffer encoded = nativeOrder(structure);
        encoded.putShort(0, (short) family);
        encoded.order(ByteOrder.BIG_ENDIAN).putShort(PORT, (short) address.getPort());
        if (family == AF_INET) {
            encoded.put(IN_ADDRESS, octets);
        } else if (octets.length == 16) {
            encoded.put(IN6_ADDRESS, octets);
        } else {
            encoded.putShort(IN6_ADDRESS + 10, (short) 0xFFFF).put(IN6_ADDRESS + 12, octets);
        }
        return structure;
    }

    static InetSocketAddress decode(byte[] encoded) {
        int family = nativeOrder(encoded).getShort(0);
        int port = Short.toUnsignedInt(ByteBuffer.wrap(encoded).getShort(PORT));
        byte[] octets = family == AF_INET
                ? Arrays.copyOfRange(encoded, IN_ADDRESS, IN_ADDRESS + 4)
                : Arrays.copyOfRange(encoded, IN6_ADDRESS, IN6_ADDRESS + 16);
        return ConnectionKey.socket(octets, port);
    }

    static byte[] pollfd(int descriptor, int events) {
        byte[] structure = new byte[8];
        nativeOrder(structure).putInt(0, descriptor).putShort(4, (short) events);
        return structure;
    }

    static ByteBuffer nativeOrder(byte[] octets) {
        return ByteBuffer.wrap(octets).order(ByteOrder.nativeOrder());
    }
}
