package io.loopscope.agent.sockets;

import io.loopscope.agent.parse.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import oshi.SystemInfo;
import oshi.software.os.InternetProtocolStats;
import oshi.software.os.InternetProtocolStats.IPConnection;

/** The table of macOS and other systems, by the library OSHI. */
final class OshiSocketTable implements SocketTable {
    private static final List<String> LIMITATIONS =
            List.of("on this system sockets without a process (TIME_WAIT, orphans, handshakes), their timers and ages"
                    + " cannot be seen, and other programs' connections to brokers of the pipeline are left out");

    private final InternetProtocolStats stats =
            new SystemInfo().getOperatingSystem().getInternetProtocolStats();

    @Override
    public List<SocketEntry> read(Predicate<? super SocketEntry> wanted) throws SocketTableException {
        try {
            List<SocketEntry> sockets = new ArrayList<>();
            for (IPConnection connection : stats.getConnections()) {
                SocketEntry socket = connection.getType().startsWith("tcp") ? entry(connection) : null;
                if (socket != null && wanted.test(socket)) {
                    sockets.add(socket);
                }
            }
            return sockets;
        } catch (RuntimeException | LinkageError e) { // Whatever a library of another system's calls throws.
            throw new SocketTableException("this system's socket table cannot be read: " + e, e);
        }
    }

    /** Null for a state that is none of TCP's. */
    static @Nullable SocketEntry entry(IPConnection connection) {
        InternetProtocolStats.TcpState reported = connection.getState();
        SocketState state = reported == null ? null : state(reported);
        if (state == null) {
            return null;
        }
        int pid = connection.getowningProcessId();
        return new SocketEntry(
                endpoint(connection.getLocalAddress(), connection.getLocalPort()),
                endpoint(connection.getForeignAddress(), connection.getForeignPort()),
                state,
                0,
                0,
                SocketEntry.UNKNOWN,
                connection.getReceiveQueue(),
                connection.getTransmitQueue(),
                SocketTimer.NONE,
                0,
                0,
                SocketEntry.UNKNOWN,
                SocketEntry.UNKNOWN,
                SocketEntry.UNKNOWN,
                pid > 0 ? pid : SocketEntry.UNKNOWN);
    }

    private static Endpoint endpoint(byte[] octets, int port) {
        return new Endpoint(IpAddress.high(octets), IpAddress.low(octets), port);
    }

    private static @Nullable SocketState state(InternetProtocolStats.TcpState state) {
        return switch (state) {
            case CLOSED -> SocketState.CLOSED;
            case LISTEN -> SocketState.LISTEN;
            case SYN_SENT -> SocketState.SYN_SENT;
            case SYN_RECV -> SocketState.SYN_RECEIVED;
            case ESTABLISHED -> SocketState.ESTABLISHED;
            case FIN_WAIT_1 -> SocketState.FIN_WAIT_1;
            case FIN_WAIT_2 -> SocketState.FIN_WAIT_2;
            case CLOSE_WAIT -> SocketState.CLOSE_WAIT;
            case CLOSING -> SocketState.CLOSING;
            case LAST_ACK -> SocketState.LAST_ACK;
            case TIME_WAIT -> SocketState.TIME_WAIT;
            case UNKNOWN, NONE -> null;
        };
    }

    @Override
    public String source() {
        return "oshi";
    }

    @Override
    public List<String> limitations() {
        return LIMITATIONS;
    }
}
