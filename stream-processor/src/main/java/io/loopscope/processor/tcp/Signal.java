package io.loopscope.processor.tcp;

/**
 * What an endpoint does or gets: the labels on the arrows of RFC 9293 Figure 5, and what an observer has to add.
 *
 * <p>Signals whose name ends in {@code UNDELIVERED} take a belief back: the segment was captured, but a retransmission
 * shows that it never arrived.
 */
public enum Signal {
    /** Sends a SYN without ACK. From SYN-RECEIVED it takes the receipt of the peer's SYN back: the two crossed. */
    SND_SYN,
    /** Sends a SYN with ACK: proves that it got the peer's SYN. */
    SND_SYN_ACK,
    /** Receives a SYN without ACK. */
    RCV_SYN,
    /** Receives a SYN that acknowledges its own SYN. */
    RCV_SYN_ACK,
    /** Receives the acknowledgment of its SYN. */
    RCV_ACK_OF_SYN,
    /** Sends or is sent what only a synchronized end can: the handshake was not captured (mid-stream start, loss). */
    PROVEN_ESTABLISHED,
    /** Sends a FIN. */
    SND_FIN,
    /** Sends a FIN that does not acknowledge the peer's FIN: the two crossed, it was never in CLOSE-WAIT (Figure 13). */
    SND_FIN_CROSSED,
    /** Receives a FIN, and all that came before it. */
    RCV_FIN,
    /** Receives the acknowledgment of its FIN. */
    RCV_ACK_OF_FIN,
    /** Sends a valid RST. */
    SND_RST,
    /** Accepts a RST (RFC 9293 3.10.7.4, RFC 5961). */
    RCV_RST,
    /** Two maximum segment lifetimes have passed in TIME-WAIT. */
    TIME_WAIT_EXPIRED,
    /** Had to retransmit and did not, for longer than any retransmission timer. */
    GAVE_UP,
    /** The peer repeats its SYN: the first one never came. */
    SYN_UNDELIVERED,
    /** This end repeats its SYN, or the peer its SYN,ACK: the SYN,ACK never came. */
    SYN_ACK_UNDELIVERED,
    /** This end repeats its SYN,ACK: the acknowledgment of it never came, or was dropped at a full accept queue. */
    ACK_OF_SYN_UNDELIVERED,
    /** The peer repeats a FIN that was never acknowledged: it never came. */
    FIN_UNDELIVERED,
    /** This end repeats a FIN that was acknowledged: the acknowledgment never came. */
    ACK_OF_FIN_UNDELIVERED
}
