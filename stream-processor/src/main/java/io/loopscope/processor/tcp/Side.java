package io.loopscope.processor.tcp;

/**
 * The two ends of a canonical, undirected {@link FourTuple}.
 *
 * <p>A connection of a socket to itself has equal ends; all of its segments are sent by {@link #LOW}.
 */
public enum Side {
    /** The end with the lower (address, port). */
    LOW,
    /** The end with the higher (address, port). */
    HIGH;

    /** The other end. */
    public Side peer() {
        return this == LOW ? HIGH : LOW;
    }
}
