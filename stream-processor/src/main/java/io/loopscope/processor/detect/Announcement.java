package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Connection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts what is published about an anomaly into words. */
final class Announcement {

    private Announcement() {}

    /** A stage of an anomaly of one connection. */
    static AnomalyChange of(
            HostContext host, Condition condition, AnomalyStage stage, long atNanos, @Nullable ClearReason reason) {
        Tracked tracked = condition.tracked;
        Connection connection = tracked.connection;
        ConnectionView view = tracked.view();
        RuleSettings settings = host.settings.of(condition.name, tracked.tuple().port(tracked.server()));
        Evidence evidence = evidence(condition);
        return new AnomalyChange(
                condition.id(),
                condition.openedNanos,
                condition.number,
                condition.name,
                stage,
                condition.severity,
                atNanos,
                condition.sinceNanos,
                AnomalyScope.CONNECTION,
                view,
                view.listener(),
                tracked.role(condition.blamed()),
                evidence,
                host.confidence(evidence, condition.sinceNanos, connection.partial() || connection.controlOnly()),
                reason == null ? explain(condition, atNanos) : cleared(condition.sinceNanos, atNanos, reason),
                1,
                List.of(),
                attributes(condition, settings, reason),
                Processes.text(tracked, tracked.client()),
                Processes.text(tracked, tracked.server()),
                reason);
    }

    /** What it rests on now. */
    static Evidence evidence(Condition condition) {
        Rule rule = condition.rule;
        return rule == null ? Evidence.WIRE : rule.evidence(condition.tracked, condition.side);
    }

    private static String explain(Condition condition, long atNanos) {
        Rule rule = condition.rule;
        return rule == null
                ? condition.happened
                : rule.explain(condition.tracked, condition.side, condition.sinceNanos, atNanos);
    }

    private static Map<String, String> attributes(
            Condition condition, RuleSettings settings, @Nullable ClearReason reason) {
        Map<String, String> attributes = settingsAsAttributes(settings);
        if (condition.tracked.connection.controlOnly()) {
            attributes.put("fidelity", "control");
        }
        if (condition.rule != null && reason == null) {
            condition.rule.attributes(condition.tracked, condition.side, attributes);
            Processes.attributes(condition.tracked, condition.blamed(), attributes);
        }
        return attributes;
    }

    /** What the anomaly was judged by. */
    static Map<String, String> settingsAsAttributes(RuleSettings settings) {
        Map<String, String> attributes = new HashMap<>();
        if (settings.action() == Action.ALERT) {
            attributes.put("action", "alert");
        }
        if (settings.warningAfter() != null) {
            attributes.put(
                    "warning_after_ms", Long.toString(settings.warningAfter().toMillis()));
        }
        if (settings.criticalAfterNanos() > 0) {
            attributes.put("critical_after_ms", Long.toString(settings.criticalAfterNanos() / 1_000_000));
        }
        if (settings.count() != null) {
            attributes.put("threshold", Long.toString(settings.count()));
        }
        if (settings.interval() != null) {
            attributes.put("interval_ms", Long.toString(settings.interval().toMillis()));
        }
        if (settings.share() != null) {
            attributes.put("threshold_share", Double.toString(settings.share()));
        }
        return attributes;
    }

    /** How an anomaly ended. */
    static String cleared(long sinceNanos, long atNanos, ClearReason reason) {
        return "Over after " + Words.duration(atNanos - sinceNanos) + ": " + reason.sentence() + ".";
    }
}
