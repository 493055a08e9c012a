package io.loopscope.processor.tcp.simulation;

/**
 * How one simulated kernel behaves.
 *
 * @param segmentSize largest payload it sends in one segment
 * @param windowScale shift it offers, or -1 when it does not know RFC 7323 window scaling
 * @param timestamps offers RFC 7323 timestamps
 * @param receiveBuffer octets
 * @param delaysAcks acknowledges every second segment, or after 40 ms
 * @param delaysFinAck leaves the application those 40 ms to put its own FIN on the acknowledgment
 * @param tailLossProbe repeats the tail once, and earlier than Linux would (RFC 8985 7): before a delayed acknowledgment
 * @param collapses repeats neighbours as one segment
 * @param fastOpen data on SYN and before the handshake is done (RFC 7413)
 * @param limitsChallenges answers at most one unacceptable segment without data or FIN every 500 ms
 * @param anyAckRestartsTimeWait Linux; RFC 9293 names the FIN only
 * @param keepaliveIdleNanos 0 when off
 */
record KernelSettings(
        int segmentSize,
        int windowScale,
        boolean timestamps,
        int receiveBuffer,
        boolean delaysAcks,
        boolean delaysFinAck,
        boolean tailLossProbe,
        boolean collapses,
        boolean fastOpen,
        boolean limitsChallenges,
        boolean anyAckRestartsTimeWait,
        long keepaliveIdleNanos,
        long keepaliveIntervalNanos,
        int keepaliveProbes) {

    static final long TIME_WAIT = 60 * Timeline.SECOND;
    static final long FIN_TIMEOUT = 60 * Timeline.SECOND;
    static final long DELAYED_ACK = 40 * Timeline.MILLISECOND;
    static final long MIN_TIMEOUT = 200 * Timeline.MILLISECOND;
    static final long MAX_TIMEOUT = 120 * Timeline.SECOND;
    static final long CHALLENGE_INTERVAL = 500 * Timeline.MILLISECOND;
    static final int SYN_RETRIES = 6;
    /** The first SYN timeouts do not double (tcp_syn_linear_timeouts). */
    static final int LINEAR_SYN_TIMEOUTS = 4;

    static final int SYN_ACK_RETRIES = 5;
    static final int DATA_RETRIES = 15;
    static final int ORPHAN_RETRIES = 8;
    static final int CONGESTION_WINDOW = 10;

    static final KernelSettings LINUX = new KernelSettings(
            1460, 7, true, 65536, true, true, false, false, false, true, true, 0, 75 * Timeline.SECOND, 9);
}
