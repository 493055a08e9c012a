package io.loopscope.agent.parse;

/**
 * Control bits of the TCP header as they stand in it (RFC 9293 3.1): {@code FIN} is the lowest bit. {@code AE}
 * is the bit that RFC 3540 called NS and RFC 9768 gave its present name.
 */
public final class TcpFlags {
    /** No more data from sender. */
    public static final int FIN = 0x001;
    /** Synchronize sequence numbers. */
    public static final int SYN = 0x002;
    /** Reset the connection. */
    public static final int RST = 0x004;
    /** Push. */
    public static final int PSH = 0x008;
    /** The acknowledgment field is significant. */
    public static final int ACK = 0x010;
    /** The urgent pointer is significant. */
    public static final int URG = 0x020;
    /** ECN echo (RFC 3168). */
    public static final int ECE = 0x040;
    /** Congestion window reduced (RFC 3168). */
    public static final int CWR = 0x080;
    /** Accurate ECN (RFC 9768); formerly the nonce sum NS. */
    public static final int AE = 0x100;
    /** Every bit named here; the three bits above are reserved and not kept. */
    public static final int MASK = 0x1ff;

    private TcpFlags() {}

    /**
     * Tells whether a segment moves the state machine: it carries SYN, FIN or RST.
     *
     * @param flags control bits
     * @return true for a control segment, which is the last thing to be shed
     */
    public static boolean isControl(int flags) {
        return (flags & (SYN | FIN | RST)) != 0;
    }
}
