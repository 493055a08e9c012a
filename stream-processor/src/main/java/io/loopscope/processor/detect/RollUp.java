package io.loopscope.processor.detect;

import io.loopscope.processor.detect.Condition.Telling;
import io.loopscope.processor.tcp.Connection;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The open anomalies of one name of one listener. The first few are told singly; from a number on, the further ones are
 * told as one anomaly of the listener, which is told again when they have doubled or become critical, and cleared when
 * the last of them is.
 */
final class RollUp {

    private static final Comparator<Condition> BY_AGE = Comparator.comparingLong((Condition c) -> c.openedNanos)
            .thenComparing(c -> c.tracked)
            .thenComparingInt(Condition::slot);

    private final HostContext host;
    private final ListenerMonitor listener;
    private final AnomalyName name;
    private final TreeSet<Condition> members = new TreeSet<>(BY_AGE);
    private int rolledUp;

    private boolean open;
    private long openedNanos = Connection.NEVER;
    private long sinceNanos = Connection.NEVER;
    private int number;
    private long toldCount;
    private boolean critical;

    RollUp(HostContext host, ListenerMonitor listener, AnomalyName name) {
        this.host = host;
        this.listener = listener;
        this.name = name;
    }

    boolean isEmpty() {
        return members.isEmpty() && !open;
    }

    Telling join(Condition condition, RuleSettings settings, long nowNanos) {
        members.add(condition);
        if (!open && members.size() < settings.rollUpFromOrNever()) {
            return Telling.SINGLY;
        }
        rolledUp++;
        if (!open) {
            open = true;
            openedNanos = nowNanos;
            sinceNanos = members.first().sinceNanos;
            number = 0;
            critical = condition.severity == Severity.CRITICAL;
            tell(AnomalyStage.OPENED, nowNanos, null);
        } else if (members.size() >= 2 * toldCount) {
            number++;
            tell(AnomalyStage.ESCALATED, nowNanos, null);
        }
        return Telling.ROLLED_UP;
    }

    void worsened(long nowNanos) {
        if (!critical) {
            critical = true;
            number++;
            tell(AnomalyStage.ESCALATED, nowNanos, null);
        }
    }

    void leave(Condition condition, ClearReason reason, long nowNanos) {
        if (!members.remove(condition)) {
            throw new IllegalStateException(condition.id() + " is no member of " + name + " of " + listener.listener());
        }
        if (condition.telling == Telling.ROLLED_UP) {
            rolledUp--;
            if (rolledUp == 0) {
                open = false;
                number++;
                tell(AnomalyStage.CLEARED, nowNanos, reason);
            }
        }
    }

    /** As {@link #leave}, of one that may have joined or not. */
    void abandon(Condition condition, long nowNanos) {
        if (members.contains(condition)) {
            leave(condition, ClearReason.QUARANTINED, nowNanos);
        }
    }

    /** A member as it was stored. */
    void restore(Condition condition) {
        members.add(condition);
        if (condition.telling == Telling.ROLLED_UP) {
            rolledUp++;
        }
    }

    private void tell(AnomalyStage stage, long nowNanos, @Nullable ClearReason reason) {
        toldCount = members.size();
        Map<String, String> attributes = new HashMap<>();
        attributes.put("rolled_up", Integer.toString(rolledUp));
        Evidence evidence = evidence();
        host.out()
                .publish(new AnomalyChange(
                        Ids.anomaly(name, host.hostId, listener.listener(), true),
                        openedNanos,
                        number,
                        name,
                        stage,
                        critical ? Severity.CRITICAL : name.severity(),
                        nowNanos,
                        sinceNanos,
                        AnomalyScope.LISTENER,
                        null,
                        listener.listener(),
                        null,
                        evidence,
                        host.confidence(evidence, sinceNanos, false),
                        explain(nowNanos, reason),
                        members.size(),
                        examples(),
                        attributes,
                        null,
                        Processes.text(listener.process()),
                        reason));
        listener.changed();
    }

    /** What all members rest on; segments when they differ. */
    private Evidence evidence() {
        Evidence common = null;
        for (Condition member : members) {
            Evidence of = Announcement.evidence(member);
            if (common != null && common != of) {
                return Evidence.WIRE;
            }
            common = of;
        }
        return common == null ? Evidence.WIRE : common;
    }

    private String explain(long nowNanos, @Nullable ClearReason reason) {
        if (reason != null) {
            return "The last of those not told singly is over after %s: %s."
                    .formatted(Words.duration(nowNanos - sinceNanos), reason.sentence());
        }
        return "%s of listener %s are %s now, the oldest for %s; %s are not told singly."
                .formatted(
                        Words.count(members.size(), "connection"),
                        listener.listener(),
                        name,
                        Words.duration(nowNanos - members.first().sinceNanos),
                        rolledUp);
    }

    private List<String> examples() {
        List<String> examples = new ArrayList<>();
        for (Condition member : members) {
            if (examples.size() == host.settings.limits().examples()) {
                break;
            }
            examples.add(member.tracked.id());
        }
        return examples;
    }

    boolean isOpen() {
        return open;
    }

    /** Of an open one; its members are stored with their connections. */
    void writeTo(DataOutput output) throws IOException {
        output.writeLong(openedNanos);
        output.writeLong(sinceNanos);
        output.writeInt(number);
        output.writeLong(toldCount);
        output.writeBoolean(critical);
    }

    void readFrom(DataInput input) throws IOException {
        open = true;
        openedNanos = input.readLong();
        sinceNanos = input.readLong();
        number = input.readInt();
        toldCount = input.readLong();
        critical = input.readBoolean();
    }
}
