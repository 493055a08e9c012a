package io.loopscope.agent.sockets;

/**
 * One socket of the kernel's table. A connection between two processes of this host is two of them.
 *
 * @param local its own end; IPv4-mapped addresses are IPv4
 * @param remote its peer; the wildcard address and port 0 for a listener
 * @param state its state
 * @param inode identifies it among the open files of processes; 0 when no process owns it: not accepted yet, an orphan,
 *     SYN-RECEIVED, TIME-WAIT; 0 too where the system has no such number
 * @param cookie the kernel's name for it, unique until the next boot and the same for its whole life, TIME-WAIT
 *     included; 0 where unknown
 * @param uid user id of the owner; {@link #UNKNOWN} where unknown
 * @param receiveQueue octets that the application has not read; for a listener connections that it has not accepted
 * @param sendQueue octets not acknowledged yet; for a listener the limit of its queue, 0 where unknown
 * @param timer which one runs
 * @param timerExpiresMs milliseconds until it fires; 0 without a timer
 * @param retransmits how often it has fired in vain
 * @param lastReceivedMs milliseconds since data or an ACK came; {@link #UNKNOWN} where unknown
 * @param lastSentMs milliseconds since data was sent; {@link #UNKNOWN} where unknown
 * @param peerWindow octets that the peer has room for, scaled; {@link #UNKNOWN} where unknown
 * @param pid its owner, where the table itself names it (not on Linux); else {@link #UNKNOWN}
 */
public record SocketEntry(
        Endpoint local,
        Endpoint remote,
        SocketState state,
        long inode,
        long cookie,
        int uid,
        long receiveQueue,
        long sendQueue,
        SocketTimer timer,
        long timerExpiresMs,
        int retransmits,
        long lastReceivedMs,
        long lastSentMs,
        long peerWindow,
        int pid) {

    /** For a number that is not known. */
    public static final int UNKNOWN = -1;

    /** A socket of which no more is known. */
    static SocketEntry plain(Endpoint local, Endpoint remote, SocketState state, long inode) {
        return bare(local, remote, state, inode, 0);
    }

    /** A socket in TIME-WAIT, of which nobody wants to know more. */
    static SocketEntry inTimeWait(Endpoint local, Endpoint remote, long cookie) {
        return bare(local, remote, SocketState.TIME_WAIT, 0, cookie);
    }

    private static SocketEntry bare(Endpoint local, Endpoint remote, SocketState state, long inode, long cookie) {
        return new SocketEntry(
                local,
                remote,
                state,
                inode,
                cookie,
                UNKNOWN,
                0,
                0,
                SocketTimer.NONE,
                0,
                0,
                UNKNOWN,
                UNKNOWN,
                UNKNOWN,
                UNKNOWN);
    }

    /** The connection that this is one end of. */
    Connection connection() {
        return Connection.between(local, remote);
    }
}
