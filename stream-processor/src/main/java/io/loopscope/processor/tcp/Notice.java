package io.loopscope.processor.tcp;

import java.util.Locale;

/**
 * Named happenings: what rules need to hear about, and every oddity of traffic, which is counted and never thrown. The
 * side of a notice is the sender of the segment.
 */
public enum Notice {
    /** Delivered before: the same segment with the same time, or one from the past that brings nothing new. Dropped. */
    REDELIVERED,
    /** Captured twice: equal in all fields to the sender's last segment, within a millisecond. Not a retransmission. */
    CAPTURED_TWICE,
    /** Belongs to an earlier incarnation, or came after this one was over. */
    LATE_SEGMENT,

    /** The SYN again, with the same ISN. */
    SYN_RETRANSMITTED,
    /** The SYN,ACK again. */
    SYN_ACK_RETRANSMITTED,
    /** A SYN,ACK that does not acknowledge the SYN it meets (RFC 9293 Figure 8). */
    STALE_SYN_ACK,
    /** Data on the SYN (RFC 7413). */
    SYN_WITH_DATA,
    /** A SYN on a synchronized connection: it draws a challenge ACK (RFC 5961 4). */
    SYN_ON_SYNCHRONISED,
    /** A SYN with a new ISN met this end, which still lived in an older incarnation: bare ACK, RST, SYN again. */
    TUPLE_REUSE_COLLISION,

    /** Data again. Keepalives, window probes and double captures are not. */
    RETRANSMISSION,
    /** Data that fills a gap it was overtaken in. */
    OUT_OF_ORDER,
    /** A gap in what the sender sent: the segment begins after the end of all before. */
    GAP,
    /** Octets of this side that were acknowledged but never captured: the capture lost them. */
    CAPTURE_LOSS,
    /** The FIN again, never acknowledged so far. */
    FIN_RETRANSMITTED,
    /** The FIN again although it was acknowledged: the acknowledgment never came. */
    FIN_RETRANSMITTED_SPURIOUSLY,
    /** Data beyond the sender's own FIN. */
    DATA_AFTER_FIN,
    /** Far outside what the receiver has a window for. */
    OUT_OF_WINDOW,
    /** Acknowledges what cannot have been sent. */
    ACK_OF_UNSENT,
    /** An old timestamp: the receiver drops it (PAWS, RFC 7323 5). */
    PAWS_REJECTED,

    /** A keepalive probe: one octet below SND.NXT, everything acknowledged, window open. */
    KEEPALIVE_PROBE,
    /** The answer to one or more keepalive probes of the peer. */
    KEEPALIVE_ANSWERED,
    /** This end's window is 0 now. */
    ZERO_WINDOW_BEGAN,
    /** This end's window is open again. */
    ZERO_WINDOW_ENDED,
    /** A probe into the peer's zero window. */
    WINDOW_PROBE,
    /** The right edge of the window moved left (RFC 9293 3.8.6: strongly discouraged). */
    WINDOW_SHRUNK,

    /** A RST that ends the connection. */
    RST_ACCEPTED,
    /** A RST in the window but not exact: it draws a challenge ACK (RFC 5961 3). */
    RST_IN_DOUBT,
    /** A RST outside the window: ignored. */
    RST_OUT_OF_WINDOW,
    /** A bare ACK in reply to a SYN or RST on a synchronized connection. */
    CHALLENGE_ACK,

    /** SYN and FIN together: no stack sends that. */
    SYN_FIN,
    /** SYN and RST together. */
    SYN_RST,
    /** No control bit at all. */
    NO_FLAGS,
    /** Neither SYN nor RST, and no ACK: the receiver drops it. */
    NO_ACK;

    private final String counterName = name().toLowerCase(Locale.ROOT);

    /** Stable, snake_case: the name under which it is counted. */
    public String counterName() {
        return counterName;
    }
}
