package io.loopscope.agent.sockets;

/** RFC 9293 3.3.2: the state of one socket, as the kernel has it. The names are those of {@code TcpState}. */
public enum SocketState {
    /** A connection on which data may flow. */
    ESTABLISHED(1),
    /** A SYN is on its way. */
    SYN_SENT(2),
    /** A SYN has been answered, and the answer has not been acknowledged. */
    SYN_RECEIVED(3),
    /** A FIN is on its way. */
    FIN_WAIT_1(4),
    /** This end has closed, the peer has not. */
    FIN_WAIT_2(5),
    /** Both have closed, and this end did so first. */
    TIME_WAIT(6),
    /** Not connected. */
    CLOSED(7),
    /** The peer has closed, this end has not. */
    CLOSE_WAIT(8),
    /** The peer has closed, and this end's FIN is on its way. */
    LAST_ACK(9),
    /** Waits for connections. */
    LISTEN(10),
    /** Both have closed at once. */
    CLOSING(11);

    /** A handshake for which Linux has no full socket yet: NEW_SYN_RECV in {@code include/net/tcp_states.h}. */
    private static final int NEW_SYN_RECV = 12;

    private static final SocketState[] BY_NUMBER = new SocketState[NEW_SYN_RECV + 1];

    static {
        for (SocketState state : values()) {
            BY_NUMBER[state.number] = state;
        }
        BY_NUMBER[NEW_SYN_RECV] = SYN_RECEIVED;
    }

    private final int number;

    SocketState(int number) {
        this.number = number;
    }

    /**
     * The state that Linux counts so.
     *
     * @param number of {@code include/net/tcp_states.h}
     * @throws SocketTableException if there is no such state
     */
    static SocketState ofLinux(int number) throws SocketTableException {
        if (number < 1 || number > NEW_SYN_RECV) {
            throw new SocketTableException("the kernel names a TCP state that is not known: " + number);
        }
        return BY_NUMBER[number];
    }

    /** Whether a process may own such a socket: never in SYN-RECEIVED and TIME-WAIT. */
    public boolean mayHaveOwner() {
        return this != SYN_RECEIVED && this != TIME_WAIT;
    }
}
