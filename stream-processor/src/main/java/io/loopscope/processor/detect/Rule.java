package io.loopscope.processor.detect;

import io.loopscope.processor.detect.TimerQueue.Clock;
import io.loopscope.processor.tcp.CloseReason;
import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A rule about one end of a connection: a condition that has to hold for a while. A rule has no state; what it says is a
 * pure function of the connection. The {@link ConditionEngine} asks after every change and keeps the time.
 */
abstract class Rule {

    static final long NEVER = Connection.NEVER;

    private final AnomalyName name;

    Rule(AnomalyName name) {
        this.name = name;
    }

    final AnomalyName name() {
        return name;
    }

    /**
     * The states of an end in which it can hold by the segments alone. It is not asked about a connection of which the
     * socket table says nothing while neither end is in one of them: most segments open or close, and few rules are
     * about that.
     */
    Set<TcpState> states() {
        return EnumSet.allOf(TcpState.class);
    }

    /**
     * Besides, it can hold by the segments alone only for an end that waits for an answer or does not take data: see
     * {@link Rules#waits}.
     */
    boolean onlyWhileWaiting() {
        return false;
    }

    /**
     * Since when the condition holds for that end, {@link #NEVER} when it does not. A later time than before means that
     * it was interrupted: the clock starts again.
     */
    abstract long sinceNanos(Tracked tracked, Side side, RuleSettings settings);

    /** What has to have been seen, besides the time that has passed, is there. */
    boolean proven(Tracked tracked, Side side, RuleSettings settings) {
        return true;
    }

    /** The next poll of the socket table may prove it, even one that says nothing of the connection. */
    boolean awaitsPoll(Tracked tracked) {
        return false;
    }

    /** So much was seen that waiting longer is needless. */
    boolean urgent(Tracked tracked, Side side, RuleSettings settings) {
        return false;
    }

    /**
     * What its time is counted by.
     *
     * @param evidence what it rests on: what the kernel confirms need not wait for a sound capture
     */
    Clock clock(Evidence evidence) {
        return Clock.WATCHED;
    }

    /** The end to blame; by default the one the condition holds for. */
    Side blamed(Side side) {
        return side;
    }

    /** One or two sentences: what was seen, what was not, what it means. */
    abstract String explain(Tracked tracked, Side side, long sinceNanos, long nowNanos);

    /** Adds facts by snake_case name. */
    void attributes(Tracked tracked, Side side, Map<String, String> attributes) {}

    /** What it rests on now. */
    Evidence evidence(Tracked tracked, Side side) {
        return Verdict.of(tracked, side).evidence();
    }

    /** Why the condition no longer holds, seen from the connection as it is now. */
    ClearReason clearedBy(Tracked tracked, Side side) {
        if (tracked.isOver(side)) {
            return ClearReason.GONE;
        }
        Connection connection = tracked.connection;
        return connection.closed() ? reason(connection.closeReason()) : ClearReason.PROGRESSED;
    }

    /** What the end of a connection means for its anomalies. */
    static ClearReason reason(@Nullable CloseReason reason) {
        if (reason == null) {
            return ClearReason.CLOSED;
        }
        return switch (reason) {
            case FINISHED -> ClearReason.CLOSED;
            case RESET, REFUSED -> ClearReason.RESET;
            case GAVE_UP -> ClearReason.EXPIRED;
            case TUPLE_REUSED -> ClearReason.TUPLE_REUSED;
        };
    }
}
