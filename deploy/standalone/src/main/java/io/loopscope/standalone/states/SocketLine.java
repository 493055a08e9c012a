package io.loopscope.standalone.states;

import io.loopscope.agent.parse.IpAddress;
import io.loopscope.agent.sockets.Endpoint;
import io.loopscope.agent.sockets.SocketEntry;
import io.loopscope.agent.sockets.SocketOwner;
import io.loopscope.schemas.AddressText;
import io.loopscope.schemas.ConnectionKey;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A socket of the kernel's table, as it is shown.
 *
 * @param entry what the kernel tells
 * @param state its state
 * @param owner the process that has it open; null when there is none, when it may not be seen, or nobody asked
 */
record SocketLine(
        SocketEntry entry, NetstatState state, @Nullable SocketOwner owner) {
    /** The kernel's own: TIME-WAIT, orphans, connections that were not accepted yet. */
    static final String NO_PROCESS = "-";
    /** It has an owner, which may not be seen. */
    static final String UNKNOWN_PROCESS = "?";

    /** TCP_TIMEWAIT_LEN of {@code include/net/tcp.h}. */
    private static final long TIME_WAIT_MS = Duration.ofSeconds(60).toMillis();

    static SocketLine of(SocketEntry entry) {
        return new SocketLine(entry, NetstatState.of(entry.state()), null);
    }

    SocketLine ownedBy(@Nullable SocketOwner process) {
        return new SocketLine(entry, state, process);
    }

    String local() {
        return text(entry.local());
    }

    /** As netstat: {@code 0.0.0.0:*} for a listener. */
    String remote() {
        String text = text(entry.remote());
        return entry.remote().port() == 0 ? text.substring(0, text.length() - 1) + '*' : text;
    }

    /** The other end's address; a listener's own. */
    String address() {
        Endpoint end = state == NetstatState.LISTEN ? entry.local() : entry.remote();
        return AddressText.of(socket(end).getAddress());
    }

    /** {@code 1234/java}, as netstat prints it. */
    String process() {
        SocketOwner known = owner;
        if (known != null) {
            return known.pid() + "/" + known.process();
        }
        if (entry.pid() > 0) {
            return entry.pid() + "/";
        }
        return hasOwner() ? UNKNOWN_PROCESS : NO_PROCESS;
    }

    boolean hasOwner() {
        return entry.inode() != 0 || entry.pid() > 0;
    }

    /**
     * Milliseconds since the peer was last heard, which is at least how long the state lasts unless the peer is talking;
     * in TIME-WAIT, how long that lasts. {@link SocketEntry#UNKNOWN} where the kernel does not tell.
     */
    long ageMs() {
        return switch (state) {
            case LISTEN, CLOSE -> SocketEntry.UNKNOWN;
            case TIME_WAIT -> Math.max(0, TIME_WAIT_MS - entry.timerExpiresMs());
            default -> entry.lastReceivedMs();
        };
    }

    private static String text(Endpoint end) {
        return ConnectionKey.text(socket(end));
    }

    private static InetSocketAddress socket(Endpoint end) {
        return ConnectionKey.socket(IpAddress.octets(end.high(), end.low()), end.port());
    }
}
