package io.loopscope.agent.sockets;

/** Which timer of a socket runs. */
public enum SocketTimer {
    /** None, or it is not known. */
    NONE,
    /** Something sent has not been acknowledged yet. */
    RETRANSMIT,
    /** Keepalive; for an orphan in FIN-WAIT-2 the end of the wait. */
    KEEPALIVE,
    /** The end of TIME-WAIT, or of an orphan's FIN-WAIT-2. */
    TIME_WAIT,
    /** The peer's window is closed and is probed. */
    PROBE;

    /** The timer that Linux counts so, in {@code /proc/net/tcp} as in netlink; one that is not known is none. */
    static SocketTimer ofLinux(int number) {
        return switch (number) {
            case 1 -> RETRANSMIT;
            case 2 -> KEEPALIVE;
            case 3 -> TIME_WAIT;
            case 4 -> PROBE;
            default -> NONE;
        };
    }
}
