package io.loopscope.systemtests.kernel;

/** Options of setsockopt(2), with Linux's numbers. */
public enum SocketOption {
    REUSE_ADDRESS(Level.SOCKET, 2),
    ERROR(Level.SOCKET, 4),
    RECEIVE_BUFFER(Level.SOCKET, 8),
    KEEPALIVE(Level.SOCKET, 9),
    LINGER(Level.SOCKET, 13),
    ATTACH_FILTER(Level.SOCKET, 26),
    DETACH_FILTER(Level.SOCKET, 27),
    NO_DELAY(Level.TCP, 1),
    KEEPALIVE_IDLE_S(Level.TCP, 4),
    KEEPALIVE_INTERVAL_S(Level.TCP, 5),
    KEEPALIVE_COUNT(Level.TCP, 6),
    LINGER_FIN_WAIT_2_S(Level.TCP, 8),
    DEFER_ACCEPT_S(Level.TCP, 9),
    INFO(Level.TCP, 11),
    QUICK_ACK(Level.TCP, 12),
    REPAIR(Level.TCP, 19),
    REPAIR_QUEUE(Level.TCP, 20),
    QUEUE_SEQUENCE(Level.TCP, 21),
    REPAIR_OPTIONS(Level.TCP, 22),
    FAST_OPEN(Level.TCP, 23);

    /** Values of {@link #REPAIR_QUEUE}. */
    static final int RECEIVE_QUEUE = 1;

    static final int SEND_QUEUE = 2;
    /** For {@link #REPAIR_OPTIONS}: kind of the option (RFC 7323 2.2), then both shift counts. */
    static final int WINDOW_SCALE = 3;

    final int level;
    final int number;

    SocketOption(int level, int number) {
        this.level = level;
        this.number = number;
    }

    private static final class Level {
        static final int SOCKET = 1;
        static final int TCP = 6;
    }
}
