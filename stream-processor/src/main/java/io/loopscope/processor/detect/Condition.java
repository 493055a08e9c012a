package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.Side;
import org.jspecify.annotations.Nullable;

/**
 * What is, or may become, an anomaly of one end of a connection. Two kinds: a {@link Rule}'s condition that holds; and
 * something that happened and is over, such as a reset, which stays open for a while so that people can see it.
 */
final class Condition extends Timer {

    private static final int HAPPENED = 1000;

    /** Where it is in its life. */
    enum Stage {
        /** It holds, but not for long enough: its timer is armed. */
        WAITING,
        /** It holds for long enough, but what the rule wants to have seen is missing. */
        UNPROVEN,
        /** It is an anomaly; the timer of its next stage may be armed. */
        OPEN,
        /** It was an anomaly and is none now; kept because it may come again. */
        RESTING
    }

    /** How an open one is told. */
    enum Telling {
        /** As an anomaly of its own. */
        SINGLY,
        /** As a member of its listener's roll-up. */
        ROLLED_UP,
        /** It is part of another anomaly of its listener. */
        FOLDED,
        /** Settings want it only counted. */
        COUNTED
    }

    final Tracked tracked;
    final AnomalyName name;
    final Side side;
    /** Null for something that happened. */
    final @Nullable Rule rule;

    private final ConditionEngine engine;

    Stage stage = Stage.WAITING;
    Telling telling = Telling.SINGLY;
    Severity severity;
    long sinceNanos;
    long openedNanos = Connection.NEVER;
    /** Number of the last stage told in this episode. */
    int number;
    /** How often it came back soon after it was cleared. */
    int flaps;

    long clearedNanos = Connection.NEVER;
    /** What happened, and why it will be cleared; only for something that happened. */
    String happened = "";

    ClearReason clearReason = ClearReason.PROGRESSED;

    Condition(ConditionEngine engine, Tracked tracked, AnomalyName name, Side side, @Nullable Rule rule) {
        this.engine = engine;
        this.tracked = tracked;
        this.name = name;
        this.side = side;
        this.rule = rule;
        this.severity = name.severity();
    }

    boolean isOpen() {
        return stage == Stage.OPEN;
    }

    /** A pure function of the incarnation, the end and the name. */
    String id() {
        return Ids.anomaly(name, tracked.id(), side);
    }

    Side blamed() {
        return rule == null ? side : rule.blamed(side);
    }

    @Override
    void due(long atNanos) {
        engine.due(this, atNanos);
    }

    @Override
    Subject subject() {
        return tracked;
    }

    @Override
    int slot() {
        int kind = rule == null ? HAPPENED : 0;
        return kind + 8 + name.number() * 2 + (side == Side.LOW ? 0 : 1);
    }
}
