package io.loopscope.processor.sockets;

import io.loopscope.processor.tcp.Address;
import io.loopscope.processor.tcp.Connection;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the socket table. A loopback connection has two, one for each end.
 *
 * @param local the socket's own address
 * @param localPort its own port, 0 to 65535
 * @param remote the peer's address; 0.0.0.0 or :: for a listener
 * @param remotePort the peer's port; 0 for a listener
 * @param listening it listens and is no end of a connection
 * @param facts all else
 * @param lastReceivedMs milliseconds since data or an acknowledgment was received; null when unknown
 * @param lastSentMs milliseconds since data was sent; null when unknown
 */
public record KernelSocket(
        Address local,
        int localPort,
        Address remote,
        int remotePort,
        boolean listening,
        SocketFacts facts,
        @Nullable Long lastReceivedMs,
        @Nullable Long lastSentMs) {

    private static final long NANOS_PER_MS = 1_000_000;

    /** Since when it has neither sent nor received; {@link Connection#NEVER} when the kernel does not say. */
    long quietSinceNanos(long readNanos) {
        return ago(earlier(lastReceivedMs, lastSentMs), readNanos);
    }

    /**
     * Since when it has done nothing that moves the connection on: of a half-closed one only data on the open half counts
     * (RFC 9293 3.6.1), and not the answers to its keepalives.
     */
    long restingSinceNanos(long readNanos) {
        return switch (facts.state()) {
            case CLOSE_WAIT -> ago(lastSentMs, readNanos);
            case FIN_WAIT_2 -> ago(lastReceivedMs, readNanos);
            default -> quietSinceNanos(readNanos);
        };
    }

    private static @Nullable Long earlier(@Nullable Long a, @Nullable Long b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return Math.min(a, b);
    }

    private static long ago(@Nullable Long milliseconds, long readNanos) {
        return milliseconds == null ? Connection.NEVER : readNanos - milliseconds * NANOS_PER_MS;
    }
}
