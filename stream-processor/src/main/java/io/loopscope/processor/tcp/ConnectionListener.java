package io.loopscope.processor.tcp;

/**
 * Hears what {@link Connection#apply} and {@link Connection#at} find out, in order, while it happens. The connection can
 * be read in every call; it must not be changed. Every method does nothing by default.
 *
 * <p>{@code atNanos} is the event time of the segment that told, or of the deadline that passed.
 */
public interface ConnectionListener {

    /** Hears nothing. */
    ConnectionListener NONE = new ConnectionListener() {};

    /** A new incarnation has begun. Both ends are still CLOSED; the first changes of state follow. */
    default void opened(Connection connection, long atNanos) {}

    /**
     * An end went from one state to another. One segment can cause several, told in order with equal times: first those
     * of its sender, then those of its receiver.
     *
     * @param cause the label on the arrow
     */
    default void stateChanged(
            Connection connection, Side side, TcpState from, TcpState to, Signal cause, long atNanos) {}

    /**
     * The incarnation is over: both ends are CLOSED, or a new incarnation is about to replace it. In the latter case the
     * ends keep the states they had (TIME_WAIT, say): who counts states takes both out. Its summary can be read
     * now and, unless it is replaced, until it is forgotten. Told again only when a refused SYN is repeated with the same
     * ISN and refused again.
     */
    default void closed(Connection connection, CloseReason reason, long atNanos) {}

    /**
     * Something worth counting happened.
     *
     * @param side the end that did it: the sender of the segment
     */
    default void noticed(Connection connection, Notice notice, Side side, long atNanos) {}

    /** A new incarnation is about to replace this one: the last chance to read it, with the late segments counted. */
    default void retired(Connection connection, long atNanos) {}
}
