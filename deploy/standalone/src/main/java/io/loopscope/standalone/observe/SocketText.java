package io.loopscope.standalone.observe;

import io.loopscope.schemas.ConnectionKey;
import io.loopscope.schemas.v1.SocketAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sockets of records as text. What is no address is shown as it is: reading must not fail on it. */
final class SocketText {
    private SocketText() {}

    /** {@code 127.0.0.1:13306}, {@code [::1]:13306}; {@code ?} when unknown. */
    static String of(@Nullable SocketAddress socket) {
        if (socket == null) {
            return "?";
        }
        return parse(socket)
                .map(ConnectionKey::text)
                .orElseGet(() -> "0x" + HexFormat.of().formatHex(octets(socket)) + ':' + socket.getPort());
    }

    /** Canonical text of the connection between two sockets; empty when one is missing or no address. */
    static Optional<String> key(
            String hostId, long namespace, @Nullable SocketAddress client, @Nullable SocketAddress server) {
        if (client == null || server == null || hostId.isEmpty()) {
            return Optional.empty();
        }
        return parse(client)
                .flatMap(a -> parse(server)
                        .map(b -> ConnectionKey.of(hostId, namespace, a, b).toString()));
    }

    private static Optional<InetSocketAddress> parse(SocketAddress socket) {
        try {
            return Optional.of(ConnectionKey.socket(octets(socket), socket.getPort()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static byte[] octets(SocketAddress socket) {
        var buffer = socket.getAddress().duplicate();
        byte[] octets = new byte[buffer.remaining()];
        buffer.get(octets);
        return octets;
    }
}
