package io.loopscope.processor.detect;

import io.loopscope.processor.detect.Step.Retracted;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a bug in the handling of one connection from the others. What that handling had published about the connection is
 * taken back, its end is told where its beginning was, and nothing of it is remembered. Only for a {@link Step} that
 * wants it; with any other the bug is thrown.
 */
final class Quarantine {

    private final HostContext host;
    private final ConnectionTable connections;
    private final ConditionEngine conditions;
    private final ConnectionEvents events;

    Quarantine(HostContext host, ConnectionTable connections, ConditionEngine conditions, ConnectionEvents events) {
        this.host = host;
        this.connections = connections;
        this.conditions = conditions;
        this.events = events;
    }

    /** Not even the connection could be taken out: nobody knows in which state the host is. */
    private static final class InconsistentHostException extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        InconsistentHostException(String message, RuntimeException bug) {
            super(message, bug);
        }
    }

    /** Does something with a connection. */
    void guard(Tracked tracked, Runnable work) {
        int before = mark();
        try {
            work.run();
        } catch (RuntimeException bug) {
            failed(tracked, before, bug);
        }
    }

    /** Lets a timer do what it is for. */
    void fire(Timer timer, long atNanos) {
        int before = mark();
        try {
            timer.fire(atNanos);
        } catch (RuntimeException bug) {
            if (timer.subject() instanceof Tracked tracked) {
                failed(tracked, before, bug);
            } else {
                disarmed(timer, bug);
            }
        }
    }

    /** How much has been published; to be asked before something is done with a connection. */
    int mark() {
        return host.out().outputs().size();
    }

    /**
     * What was done with a connection has failed.
     *
     * @param before the {@link #mark} at its beginning
     */
    void failed(Tracked tracked, int before, RuntimeException bug) {
        Step out = host.out();
        if (!out.quarantines() || bug instanceof InconsistentHostException) {
            throw bug;
        }
        try {
            tracked.speakOf(null);
            Retracted retracted = out.retract(before, tracked.id());
            tracked.events -= retracted.events();
            events.abort();
            tellEnd(tracked, retracted);
            abandonConditions(tracked);
            connections.abandon(tracked);
        } catch (RuntimeException another) {
            bug.addSuppressed(another);
            throw new InconsistentHostException("cannot take " + tracked.tuple() + " out", bug);
        }
        host.counters.add(Counters.Counter.CONNECTIONS_QUARANTINED, 1);
        out.quarantine(new Quarantined(tracked.tuple(), bug));
    }

    /** What was told to have begun ends; if that fails, too, the connection goes without a word. */
    private void tellEnd(Tracked tracked, Retracted retracted) {
        Step out = host.out();
        int before = mark();
        try {
            conditions.endAll(tracked, ClearReason.QUARANTINED, host.nowNanos());
            out.retractAnomalies(before, retracted.opened());
            boolean told = tracked.events > 0;
            if (told && (retracted.closed() || !tracked.isClosed())) {
                events.setAside(tracked, host.nowNanos());
            }
        } catch (RuntimeException alsoFailed) {
            out.retract(before, tracked.id());
            events.abort();
        }
    }

    /** Whatever is left of them, in whatever state. */
    private void abandonConditions(Tracked tracked) {
        ListenerMonitor listener = tracked.listener;
        for (Condition condition : tracked.conditions) {
            host.timers.cancel(condition);
            if (listener != null) {
                listener.abandon(condition, host.nowNanos());
            }
        }
        tracked.conditions.clear();
    }

    /** A timer of a listener or of the host itself. It is in no queue any more; what it is about stays. */
    private void disarmed(Timer timer, RuntimeException bug) {
        Step out = host.out();
        if (!out.quarantines() || bug instanceof InconsistentHostException) {
            throw bug;
        }
        @Nullable Listener about = timer.subject() instanceof ListenerMonitor listener ? listener.listener() : null;
        if (about != null) {
            out.changed(about);
        }
        out.hostHasChanged();
        host.counters.add(Counters.Counter.TIMERS_QUARANTINED, 1);
        out.quarantine(new Quarantined(null, bug));
    }
}
