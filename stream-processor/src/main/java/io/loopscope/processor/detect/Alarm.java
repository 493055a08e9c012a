package io.loopscope.processor.detect;

import io.loopscope.processor.detect.TimerQueue.Clock;
import io.loopscope.processor.sockets.Owner;
import io.loopscope.processor.tcp.Connection;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An anomaly of a listener or of the host itself: open or not. What comes and goes stays away for twice as long each time.
 * As a timer it is due when the rule wants to look again.
 */
abstract class Alarm extends Timer {

    private static final long BACK_OFF_NANOS = 60_000_000_000L;
    private static final int MAX_FLAPS = 5;
    private static final int FORGIVEN_AFTER = 10;

    final HostContext host;
    final @Nullable ListenerMonitor listener;
    private final AnomalyName name;
    /** Looked up once: asked for each segment, and they do not change. */
    private final RuleSettings settings;

    private boolean open;
    private long sinceNanos = Connection.NEVER;
    private long openedNanos = Connection.NEVER;
    private long clearedNanos = Connection.NEVER;
    private int number;
    private int flaps;
    private Severity severity;
    /** What it counts; published. */
    long count;

    Alarm(HostContext host, @Nullable ListenerMonitor listener, AnomalyName name) {
        this.host = host;
        this.listener = listener;
        this.name = name;
        this.severity = name.severity();
        this.settings = listener == null ? host.settings.of(name) : listener.settings(name);
    }

    /** One or two sentences: what was seen and what it means. */
    abstract String explain(long nowNanos);

    /** Adds facts by snake_case name. */
    void attributes(Map<String, String> attributes) {}

    /** It is open and its rate or number is below the threshold again. Asked once per interval. */
    abstract boolean subsided(long nowNanos);

    @Override
    void due(long atNanos) {
        if (subsided(atNanos)) {
            close(ClearReason.SUBSIDED, atNanos);
        } else {
            lookAgain(atNanos, settings().intervalNanos());
        }
    }

    /** The listener, for explanations. */
    final String where() {
        return listener == null ? "this host" : listener.listener().toString();
    }

    /** The process at the clients' end, when it is about one. */
    @Nullable Owner clientOwner() {
        return null;
    }

    /** The process at the servers' end: who listens. */
    @Nullable Owner serverOwner() {
        return listener == null ? null : listener.process();
    }

    /** What it rests on. */
    Evidence evidence() {
        return Evidence.WIRE;
    }

    private double confidence() {
        // What an agent says about itself is no conclusion.
        return listener == null ? 1 : host.confidence(evidence(), sinceNanos, false);
    }

    final boolean isOpen() {
        return open;
    }

    final long sinceNanos() {
        return sinceNanos;
    }

    final RuleSettings settings() {
        return settings;
    }

    final boolean isOff() {
        return settings().action() == Action.OFF;
    }

    /** Opens it unless it is open, off, or was cleared too recently. */
    final void open(long since, long nowNanos) {
        if (open || isOff() || backsOff(nowNanos)) {
            return;
        }
        open = true;
        sinceNanos = since;
        openedNanos = nowNanos;
        number = 0;
        severity = name.severity();
        host.counters.add(name);
        tell(AnomalyStage.OPENED, nowNanos, null);
        if (settings().interval() != null) {
            lookAgain(nowNanos, settings().intervalNanos());
        }
    }

    final void escalate(long nowNanos) {
        if (open && severity != Severity.CRITICAL) {
            severity = Severity.CRITICAL;
            number++;
            tell(AnomalyStage.ESCALATED, nowNanos, null);
        }
    }

    final void close(ClearReason reason, long nowNanos) {
        if (!open) {
            return;
        }
        open = false;
        clearedNanos = Math.max(nowNanos, openedNanos);
        flaps = Math.min(MAX_FLAPS, flaps + 1);
        number++;
        tell(AnomalyStage.CLEARED, clearedNanos, reason);
        host.timers.cancel(this);
    }

    /** Asks to be due so long from a time on. */
    final void lookAgain(long fromNanos, long afterNanos) {
        Timers timers = host.timers;
        timers.arm(this, timers.queue(Clock.WATCHED, afterNanos), fromNanos - timers.unwatchedNanos());
        changed();
    }

    final void changed() {
        if (listener == null) {
            host.out().hostHasChanged();
        } else {
            listener.changed();
        }
    }

    private boolean backsOff(long nowNanos) {
        if (clearedNanos == Connection.NEVER) {
            return false;
        }
        // The first return is free: once cleared is not flapping.
        long backOff = flaps < 2 ? 0 : BACK_OFF_NANOS << (flaps - 2);
        if (nowNanos - clearedNanos > FORGIVEN_AFTER * Math.max(BACK_OFF_NANOS, backOff)) {
            flaps = 0;
            return false;
        }
        return nowNanos - clearedNanos < backOff;
    }

    private void tell(AnomalyStage stage, long nowNanos, @Nullable ClearReason reason) {
        changed();
        if (settings().action() == Action.COUNT) {
            return;
        }
        Map<String, String> attributes = Announcement.settingsAsAttributes(settings());
        attributes(attributes);
        Listener where = listener == null ? null : listener.listener();
        String id = where == null
                ? Ids.anomaly(name, host.hostId, host.networkNamespace)
                : Ids.anomaly(name, host.hostId, where, false);
        host.out()
                .publish(new AnomalyChange(
                        id,
                        openedNanos,
                        number,
                        name,
                        stage,
                        severity,
                        nowNanos,
                        sinceNanos,
                        where == null ? AnomalyScope.HOST : AnomalyScope.LISTENER,
                        null,
                        where,
                        null,
                        evidence(),
                        confidence(),
                        reason == null ? explain(nowNanos) : Announcement.cleared(sinceNanos, nowNanos, reason),
                        Math.max(1, count),
                        List.of(),
                        attributes,
                        Processes.text(clientOwner()),
                        Processes.text(serverOwner()),
                        reason));
    }

    @Override
    final Subject subject() {
        return listener == null ? host : listener;
    }

    @Override
    final int slot() {
        return 8 + name.number();
    }

    void writeTo(DataOutput output) throws IOException {
        output.writeBoolean(open);
        output.writeLong(sinceNanos);
        output.writeLong(openedNanos);
        output.writeLong(clearedNanos);
        output.writeInt(number);
        output.writeByte(flaps);
        StoredEnum.write(severity, output);
        output.writeLong(count);
        StoredTimer.write(this, output);
    }

    void readFrom(DataInput input) throws IOException {
        open = input.readBoolean();
        sinceNanos = input.readLong();
        openedNanos = input.readLong();
        clearedNanos = input.readLong();
        number = input.readInt();
        flaps = input.readByte();
        severity = StoredEnum.read(Severity.values(), input);
        count = input.readLong();
        StoredTimer.read(this, host.timers, input);
    }
}
