package io.loopscope.processor.detect;

import io.loopscope.processor.detect.Condition.Stage;
import io.loopscope.processor.detect.Condition.Telling;
import io.loopscope.processor.detect.TimerQueue.Clock;
import io.loopscope.processor.tcp.Endpoint;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the conditions of connections: arms them when a rule begins to hold, opens, escalates and clears them. What comes
 * and goes has to hold for twice as long each time it comes back.
 */
final class ConditionEngine {

    /** A condition that comes back has to hold for at least this long. */
    private static final long BACK_OFF_NANOS = 10_000_000_000L;

    /** 2⁵ = 32 times as long at most. */
    private static final int MAX_FLAPS = 5;

    /** So many times its back-off without coming back, and a condition counts as new. */
    private static final int FORGIVEN_AFTER = 10;

    private final HostContext host;

    /** Healthy connections have to be looked at, too. */
    private final boolean idleIsAsked;

    ConditionEngine(HostContext host) {
        this.host = host;
        idleIsAsked = host.settings.isOnAnywhere(AnomalyName.IDLE_ESTABLISHED);
    }

    /** An anomaly of that name is open on that end. */
    static boolean isOpen(Tracked tracked, AnomalyName name, Side side) {
        for (Condition condition : tracked.conditions) {
            if (condition.name == name && condition.side == side && condition.isOpen()) {
                return true;
            }
        }
        return false;
    }

    /** Something about it holds, or has held for long enough, that only the next poll of the socket table can prove. */
    static boolean awaitsPoll(Tracked tracked) {
        for (Condition condition : tracked.conditions) {
            boolean unsettled = condition.stage == Stage.WAITING || condition.stage == Stage.UNPROVEN;
            if (unsettled && condition.rule != null && condition.rule.awaitsPoll(tracked)) {
                return true;
            }
        }
        return false;
    }

    /** Something about it has held for long enough and is not proven yet. */
    static boolean isUnproven(Tracked tracked) {
        for (Condition condition : tracked.conditions) {
            if (condition.stage == Stage.UNPROVEN) {
                return true;
            }
        }
        return false;
    }

    /** Asks all rules about a connection that may have changed. */
    void evaluate(Tracked tracked, long nowNanos) {
        if (nothingToSay(tracked)) {
            return;
        }
        int low = asked(tracked, Side.LOW);
        int high = tracked.tuple().selfConnected() ? 0 : asked(tracked, Side.HIGH);
        int left = low | high;
        // Without iterators, here and below: most segments come here that open or close, and each would make some.
        for (int i = 0; left != 0; i++) {
            Rule rule = Rules.ALL.get(i);
            int bit = Rules.bit(rule);
            if ((low & bit) != 0) {
                evaluate(tracked, rule, Side.LOW, nowNanos);
            }
            if ((high & bit) != 0) {
                evaluate(tracked, rule, Side.HIGH, nowNanos);
            }
            left &= ~bit;
        }
    }

    /** Those that can hold for an end, and those that did when they were asked before: no other has anything to say. */
    private static int asked(Tracked tracked, Side side) {
        if (tracked.kernel != null) {
            return Rules.EVERY;
        }
        int asked = Rules.thatMayHold(tracked.end(side));
        for (int i = 0; i < tracked.conditions.size(); i++) {
            Condition condition = tracked.conditions.get(i);
            if (condition.rule != null && condition.side == side) {
                asked |= Rules.bit(condition.rule);
            }
        }
        return asked;
    }

    /** Most segments are data of connections that nothing is wrong with. */
    boolean nothingToSay(Tracked tracked) {
        return tracked.conditions.isEmpty()
                && !idleIsAsked
                && isHealthy(tracked.end(Side.LOW))
                && isHealthy(tracked.end(Side.HIGH))
                && (tracked.kernel == null || tracked.kernel.isHealthy());
    }

    private static boolean isHealthy(Endpoint end) {
        return (end.state() == TcpState.ESTABLISHED || end.state() == TcpState.CLOSED) && !Rules.waits(end);
    }

    /** Asks one rule about one end. */
    void evaluate(Tracked tracked, Rule rule, Side side, long nowNanos) {
        RuleSettings settings = settings(tracked, rule.name());
        boolean holds = settings.action() != Action.OFF && !tracked.isClosed() && !tracked.isOver(side);
        long since = holds ? rule.sinceNanos(tracked, side, settings) : Rule.NEVER;
        Condition condition = tracked.conditions.isEmpty() ? null : find(tracked, rule, side);
        if (since == Rule.NEVER) {
            if (condition != null && condition.stage != Stage.RESTING) {
                rest(condition, rule.clearedBy(tracked, side), nowNanos);
            }
            return;
        }
        if (condition != null) {
            // What comes back counts from when it was gone.
            since = Math.max(since, condition.clearedNanos);
        }
        if (condition == null) {
            condition = new Condition(this, tracked, rule.name(), side, rule);
            tracked.conditions.add(condition);
            begin(condition, settings, since, nowNanos);
        } else if (condition.stage == Stage.RESTING) {
            begin(condition, settings, since, nowNanos);
        } else if (condition.sinceNanos < since) {
            // Earlier is no interruption: the table knows of what began before the capture.
            stop(condition, ClearReason.PROGRESSED, nowNanos);
            begin(condition, settings, since, nowNanos);
        } else {
            followEvidence(condition, rule);
        }
        boolean proven = condition.stage == Stage.UNPROVEN && rule.proven(tracked, side, settings);
        boolean urgent = condition.stage == Stage.WAITING
                && (isImmediate(condition, rule, settings) || rule.urgent(tracked, side, settings));
        if (proven || urgent) {
            open(condition, settings, nowNanos);
        }
    }

    private void begin(Condition condition, RuleSettings settings, long sinceNanos, long nowNanos) {
        condition.tracked.changed(host.out());
        condition.stage = Stage.WAITING;
        condition.sinceNanos = sinceNanos;
        condition.severity = condition.name.severity();
        forgive(condition, settings, nowNanos);
        long wait = wait(condition, settings);
        // A rule without a duration has just come to hold, however old what it speaks of is.
        long from = wait == 0 ? nowNanos : sinceNanos;
        arm(condition, wait, watchedFrom(condition, from, nowNanos));
    }

    /** What the kernel dates back counts as watched: the socket table remembers what nobody saw. */
    private long watchedFrom(Condition condition, long fromNanos, long nowNanos) {
        Rule rule = condition.rule;
        boolean byTable = rule != null && rule.evidence(condition.tracked, condition.side) == Evidence.KERNEL;
        return byTable
                ? host.timers.watchedNanos() - (host.nowNanos() - fromNanos)
                : host.timers.watched(fromNanos, nowNanos);
    }

    private void arm(Condition condition, long waitNanos, long watchedFromNanos) {
        host.timers.arm(condition, queue(condition, waitNanos), watchedFromNanos);
    }

    /** How long a condition has to hold: the setting's duration, or more when it keeps coming back. */
    private static long wait(Condition condition, RuleSettings settings) {
        long after = settings.warningAfterNanos();
        return condition.flaps == 0 ? after : Math.max(after, BACK_OFF_NANOS) << condition.flaps;
    }

    /** It need not hold for any time, and nothing has to be waited for. */
    private boolean isImmediate(Condition condition, Rule rule, RuleSettings settings) {
        return wait(condition, settings) == 0 && (clock(condition, rule) != Clock.TRUSTED || host.timers.trusted());
    }

    private static void forgive(Condition condition, RuleSettings settings, long nowNanos) {
        boolean longAgo = condition.clearedNanos != Rule.NEVER
                && nowNanos - condition.clearedNanos > FORGIVEN_AFTER * wait(condition, settings);
        if (longAgo) {
            condition.flaps = 0;
        }
    }

    /** A timer of a condition has fired. */
    void due(Condition condition, long nowNanos) {
        Rule rule = condition.rule;
        Tracked tracked = condition.tracked;
        tracked.changed(host.out());
        if (rule == null) {
            clear(condition, condition.clearReason, nowNanos);
            tracked.conditions.remove(condition);
            tracked.mayExpire(nowNanos);
            return;
        }
        if (condition.stage == Stage.OPEN) {
            escalate(condition, nowNanos);
            return;
        }
        RuleSettings settings = settings(tracked, rule.name());
        if (rule.proven(tracked, condition.side, settings)) {
            open(condition, settings, nowNanos);
            evaluate(tracked, nowNanos);
        } else {
            condition.stage = Stage.UNPROVEN;
        }
    }

    private void open(Condition condition, RuleSettings settings, long nowNanos) {
        host.timers.cancel(condition);
        condition.tracked.changed(host.out());
        condition.stage = Stage.OPEN;
        condition.openedNanos = nowNanos;
        condition.number = 0;
        condition.severity = condition.name.severity();
        host.counters.add(condition.name);
        long critical = settings.criticalAfterNanos();
        if (critical > 0 && condition.severity != Severity.CRITICAL) {
            arm(condition, critical, condition.key);
        }
        condition.telling = telling(condition, settings, nowNanos);
        if (condition.telling == Telling.SINGLY) {
            host.out().publish(Announcement.of(host, condition, AnomalyStage.OPENED, nowNanos, null));
        }
    }

    private static Telling telling(Condition condition, RuleSettings settings, long nowNanos) {
        if (settings.action() == Action.COUNT) {
            return Telling.COUNTED;
        }
        ListenerMonitor listener = condition.tracked.listener;
        return listener == null ? Telling.SINGLY : listener.tell(condition, settings, nowNanos);
    }

    private void escalate(Condition condition, long nowNanos) {
        condition.severity = Severity.CRITICAL;
        switch (condition.telling) {
            case SINGLY -> {
                condition.number++;
                host.out().publish(Announcement.of(host, condition, AnomalyStage.ESCALATED, nowNanos, null));
            }
            case ROLLED_UP -> listener(condition).worsened(nowNanos, condition.name);
            case FOLDED, COUNTED -> {}
        }
    }

    /** Something happened that is over, and stays open for a while. */
    void happened(Tracked tracked, Happening what, long nowNanos) {
        AnomalyName name = what.name();
        Side side = what.blamed();
        RuleSettings settings = settings(tracked, name);
        if (settings.action() == Action.OFF) {
            return;
        }
        Condition condition = findHappened(tracked, name, side);
        if (condition == null) {
            condition = new Condition(this, tracked, name, side, null);
            condition.sinceNanos = what.sinceNanos();
            condition.happened = what.explain();
            condition.clearReason = what.clearReason();
            tracked.conditions.add(condition);
            open(condition, settings, nowNanos);
        }
        arm(condition, what.holdNanos(), host.timers.watched(nowNanos, nowNanos));
    }

    /** The incarnation is over, or forgotten: nothing about it holds any more. What happened stays for its time. */
    void endConditions(Tracked tracked, ClearReason reason, long nowNanos) {
        for (Condition condition : List.copyOf(tracked.conditions)) {
            if (condition.rule != null) {
                rest(condition, reason, nowNanos);
                tracked.conditions.remove(condition);
            }
        }
    }

    /** A new incarnation has begun, or the connection is forgotten: nothing is left of the one before. */
    void endAll(Tracked tracked, ClearReason reason, long nowNanos) {
        endConditions(tracked, reason, nowNanos);
        for (Condition condition : new ArrayList<>(tracked.conditions)) {
            clear(condition, condition.clearReason, nowNanos);
        }
        tracked.conditions.clear();
    }

    /** It holds no longer. Kept at rest when it was an anomaly, so that it is known when it comes back. */
    private void rest(Condition condition, ClearReason reason, long nowNanos) {
        stop(condition, reason, nowNanos);
        condition.stage = Stage.RESTING;
        if (condition.flaps == 0) {
            condition.tracked.conditions.remove(condition);
        }
    }

    private void stop(Condition condition, ClearReason reason, long nowNanos) {
        condition.tracked.changed(host.out());
        boolean wasOpen = condition.isOpen();
        clear(condition, reason, nowNanos);
        if (wasOpen) {
            condition.clearedNanos = nowNanos;
            condition.flaps = Math.min(MAX_FLAPS, condition.flaps + 1);
        }
    }

    private void clear(Condition condition, ClearReason reason, long nowNanos) {
        host.timers.cancel(condition);
        if (!condition.isOpen()) {
            return;
        }
        condition.stage = Stage.RESTING;
        switch (condition.telling) {
            case SINGLY -> {
                condition.number++;
                host.out().publish(Announcement.of(host, condition, AnomalyStage.CLEARED, nowNanos, reason));
                ListenerMonitor listener = condition.tracked.listener;
                if (listener != null) {
                    listener.left(condition, reason, nowNanos);
                }
            }
            case ROLLED_UP -> listener(condition).left(condition, reason, nowNanos);
            case FOLDED, COUNTED -> {}
        }
    }

    /** After a restart with other settings: clears what is no anomaly any more, and takes over new durations. */
    void settingsChanged(Tracked tracked, long nowNanos) {
        for (Condition condition : List.copyOf(tracked.conditions)) {
            Rule rule = condition.rule;
            RuleSettings settings = settings(tracked, condition.name);
            if (settings.action() == Action.OFF) {
                clear(condition, ClearReason.THRESHOLD_CHANGED, nowNanos);
                tracked.conditions.remove(condition);
            } else if (rule != null && condition.isOpen()) {
                openStaysOpen(condition, rule, settings, nowNanos);
            } else if (rule != null && condition.stage == Stage.WAITING && condition.armed()) {
                host.timers.arm(condition, queue(condition, wait(condition, settings)), condition.key);
            }
        }
    }

    private void openStaysOpen(Condition condition, Rule rule, RuleSettings settings, long nowNanos) {
        long held = nowNanos - condition.sinceNanos;
        boolean early = held < wait(condition, settings)
                && settings.warningAfter() != null
                && !rule.urgent(condition.tracked, condition.side, settings);
        if (early) {
            clear(condition, ClearReason.THRESHOLD_CHANGED, nowNanos);
            begin(condition, settings, condition.sinceNanos, nowNanos);
        } else if (condition.armed() && settings.criticalAfterNanos() > 0) {
            host.timers.arm(condition, queue(condition, settings.criticalAfterNanos()), condition.key);
        }
    }

    private TimerQueue queue(Condition condition, long waitNanos) {
        Rule rule = condition.rule;
        return host.timers.queue(rule == null ? Clock.WATCHED : clock(condition, rule), waitNanos);
    }

    private static Clock clock(Condition condition, Rule rule) {
        return rule.clock(rule.evidence(condition.tracked, condition.side));
    }

    /** What waited for a sound capture need not any more once the kernel confirms it, and the other way round. */
    private void followEvidence(Condition condition, Rule rule) {
        TimerQueue queue = condition.queue;
        if (condition.stage == Stage.WAITING && queue != null) {
            Clock clock = clock(condition, rule);
            if (queue.clock() != clock) {
                condition.tracked.changed(host.out());
                host.timers.arm(condition, host.timers.queue(clock, queue.deadline(0)), condition.key);
            }
        }
    }

    private RuleSettings settings(Tracked tracked, AnomalyName name) {
        return host.settings.of(name, tracked.tuple().port(tracked.server()));
    }

    private static ListenerMonitor listener(Condition condition) {
        ListenerMonitor listener = condition.tracked.listener;
        if (listener == null) {
            throw new IllegalStateException(condition.name + " is rolled up without a listener");
        }
        return listener;
    }

    private static @Nullable Condition find(Tracked tracked, Rule rule, Side side) {
        for (Condition condition : tracked.conditions) {
            if (condition.rule == rule && condition.side == side) {
                return condition;
            }
        }
        return null;
    }

    private static @Nullable Condition findHappened(Tracked tracked, AnomalyName name, Side side) {
        for (Condition condition : tracked.conditions) {
            if (condition.rule == null && condition.name == name && condition.side == side) {
                return condition;
            }
        }
        return null;
    }
}
