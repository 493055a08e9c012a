package io.loopscope.processor.detect;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Thresholds of one rule. A part that is null does not exist for the rule.
 *
 * @param action what is done with a finding
 * @param warningAfter how long the condition has to hold before the anomaly is opened; more than 0
 * @param criticalAfter how long until it is critical, not before {@code warningAfter}; 0: never
 * @param count the rule's number, 1 or more
 * @param interval the span the rule counts over, more than 0
 * @param share the rule's share, 0 to 1
 * @param rollUpFrom from how many open anomalies of a listener on they are published as one, 1 or more
 */
public record RuleSettings(
        Action action,
        @Nullable Duration warningAfter,
        @Nullable Duration criticalAfter,
        @Nullable Long count,
        @Nullable Duration interval,
        @Nullable Double share,
        @Nullable Integer rollUpFrom) {

    /**
     * @throws IllegalArgumentException when a part is out of range; the message names it
     */
    public RuleSettings {
        require(warningAfter == null || isPositive(warningAfter), "warning after", warningAfter);
        require(criticalAfter == null || !criticalAfter.isNegative(), "critical after", criticalAfter);
        require(
                criticalAfter == null
                        || criticalAfter.isZero()
                        || warningAfter == null
                        || criticalAfter.compareTo(warningAfter) >= 0,
                "critical after, which is before the warning,",
                criticalAfter);
        require(count == null || count >= 1, "count", count);
        require(interval == null || isPositive(interval), "interval", interval);
        require(share == null || (share >= 0 && share <= 1), "share", share);
        require(rollUpFrom == null || rollUpFrom >= 1, "roll up from", rollUpFrom);
    }

    /** Settings with only an action; add what the rule has. */
    static RuleSettings of(Action action) {
        return new RuleSettings(action, null, null, null, null, null, null);
    }

    /** The parts that the rule has. */
    public Set<RuleParameter> parameters() {
        EnumSet<RuleParameter> parameters = EnumSet.of(RuleParameter.ACTION);
        addIf(parameters, RuleParameter.WARNING_AFTER, warningAfter);
        addIf(parameters, RuleParameter.CRITICAL_AFTER, criticalAfter);
        addIf(parameters, RuleParameter.COUNT, count);
        addIf(parameters, RuleParameter.INTERVAL, interval);
        addIf(parameters, RuleParameter.SHARE, share);
        addIf(parameters, RuleParameter.ROLL_UP_FROM, rollUpFrom);
        return parameters;
    }

    /** The same with another action. */
    public RuleSettings withAction(Action other) {
        return new RuleSettings(other, warningAfter, criticalAfter, count, interval, share, rollUpFrom);
    }

    /** The same with other durations; {@code critical} zero: never critical. */
    public RuleSettings after(Duration warning, Duration critical) {
        return new RuleSettings(action, warning, critical, count, interval, share, rollUpFrom);
    }

    /** The same with another duration and no critical stage. */
    public RuleSettings after(Duration warning) {
        return new RuleSettings(action, warning, null, count, interval, share, rollUpFrom);
    }

    /** The same with another count. */
    public RuleSettings withCount(long other) {
        return new RuleSettings(action, warningAfter, criticalAfter, other, interval, share, rollUpFrom);
    }

    /** The same with another interval. */
    public RuleSettings withInterval(Duration other) {
        return new RuleSettings(action, warningAfter, criticalAfter, count, other, share, rollUpFrom);
    }

    /** The same with another share. */
    public RuleSettings withShare(double other) {
        return new RuleSettings(action, warningAfter, criticalAfter, count, interval, other, rollUpFrom);
    }

    /** The same, rolled up from another number on. */
    public RuleSettings withRollUpFrom(int other) {
        return new RuleSettings(action, warningAfter, criticalAfter, count, interval, share, other);
    }

    long warningAfterNanos() {
        return warningAfter == null ? 0 : warningAfter.toNanos();
    }

    /** 0 when it never becomes critical. */
    long criticalAfterNanos() {
        return criticalAfter == null ? 0 : criticalAfter.toNanos();
    }

    /** At least 1: a rule without a count acts on the first. */
    long countOrOne() {
        return count == null ? 1 : count;
    }

    long intervalNanos() {
        return interval == null ? 0 : interval.toNanos();
    }

    double shareOrZero() {
        return share == null ? 0 : share;
    }

    int rollUpFromOrNever() {
        return rollUpFrom == null ? Integer.MAX_VALUE : rollUpFrom;
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isNegative() && !duration.isZero();
    }

    private static void require(boolean valid, String part, @Nullable Object value) {
        if (!valid) {
            throw new IllegalArgumentException(part + " is out of range: " + value);
        }
    }

    private static void addIf(Set<RuleParameter> parameters, RuleParameter parameter, @Nullable Object value) {
        if (value != null) {
            parameters.add(parameter);
        }
    }
}
