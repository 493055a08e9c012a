package io.loopscope.processor.tcp.simulation;

/**
 * Why nobody who only sees segments can know the true state of an end right now. The complete list of what the checks
 * leave out; each holds for one end and ends with the next segment that its host sends.
 */
enum Unobservable {
    /** The socket is gone and no packet said so: its process was checkpointed away, or its host lost power. */
    VANISHED,
    /** tcp_fin_timeout dropped an orphan in FIN-WAIT-2: no packet. */
    ORPHAN_TIMED_OUT,
    /** Data or window probes were repeated to the limit: Linux drops the socket without a RST. */
    GAVE_UP_ON_DATA,
    /** A SYN or FIN was repeated to the limit. Observable by its silence, but only when that has lasted long enough. */
    GAVE_UP_ON_CONTROL,
    /** The same, though the FIN had been acknowledged: the acknowledgments were captured, and lost after that. */
    GAVE_UP_ON_ACKNOWLEDGED_FIN,
    /**
     * It repeated its FIN when the acknowledgment was captured but on its way, and nobody answers the repetition: it was
     * lost, or met a host that is gone. Nothing shows that the acknowledgment did arrive.
     */
    REPEATED_WHEN_ACKNOWLEDGED,
    /**
     * It repeated its SYN when the RST that refuses it was captured but on its way, and nobody answers the repetition:
     * as long as it could repeat it once more, it looks like one who tries again.
     */
    REPEATED_WHEN_REFUSED,
    /** close() in SYN-SENT, or with linger 0 in CLOSING or LAST-ACK: Linux drops the socket without a packet. */
    DROPPED_IN_SILENCE,
    /**
     * The peer's RST was sent, and never arrived or was not exact, and what would have told (the RST that answers the
     * challenge ACK) did not arrive either: one end is gone, the other lives on and says nothing.
     */
    RST_WITHOUT_EFFECT,
    /** The peer's FIN or SYN was lost and the peer cannot repeat it: it is gone. */
    NOBODY_REPEATS_WHAT_WAS_LOST,
    /** A RST was sent that may be exact or not: a challenge ACK would tell, its absence tells after a second. */
    RST_IN_DOUBT,
    /**
     * A SYN,ACK that was repeated and answered: whether the answer was taken (ESTABLISHED) or met a full accept queue
     * (SYN-RECEIVED) shows when this end sends something. It also shows when it does not repeat the SYN,ACK once more
     * for longer than it could wait, unless it had repeated it as often as it may. With Fast Open it sends new text and
     * acknowledges in both cases: only what it repeats tells, or an acknowledgment of more than the SYN.
     */
    SYN_ACK_REPEATED,
    /** Which late segments have reached an end in TIME-WAIT, so when exactly 2 MSL are over. */
    TIME_WAIT_ABOUT_TO_END,
    /**
     * A single SYN met an end that was believed to be connected, and nobody answered it or sent it again before
     * the next SYN came: a new incarnation or somebody who disturbs.
     */
    LONE_SYN,
    /**
     * How many attempts there were: a SYN came after the peer had given its own up in silence, which looks as if the two
     * crossed, or an old duplicate of a SYN was taken for a new one (RFC 9293 Figure 8).
     */
    DOUBTFUL_OPENING,
    /**
     * The capture has lost so much that numbers seem impossible until others confirm them: a run of segments confirms at
     * once what single segments confirm one after the other. Such a segment proves nothing yet, and whether coalescing
     * changes anything is not asked.
     */
    NUMBERS_IN_DOUBT,
    /** It belongs to an older incarnation: a SYN with a new ISN was captured and has not (yet) reached it. */
    OLDER_INCARNATION
}
