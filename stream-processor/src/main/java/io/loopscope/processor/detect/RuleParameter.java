package io.loopscope.processor.detect;

/** A setting of a rule. Which of them a rule has is told by {@link RuleSettings#parameters()}. */
public enum RuleParameter {
    /** What is done with a finding: {@code off}, {@code count}, {@code event} or {@code alert}. */
    ACTION("action", "What is done with a finding: off, count, event or alert."),
    /** How long the condition has to hold before the anomaly is opened. */
    WARNING_AFTER("warning.after", "How long the condition has to hold before the anomaly is opened."),
    /** How long the condition has to hold before the anomaly becomes critical. */
    CRITICAL_AFTER("critical.after", "How long the condition has to hold before it becomes critical; 0s: never."),
    /** The rule's number: see the rule. */
    COUNT("count", "The number that the rule speaks of."),
    /** The span of time that is counted over. */
    INTERVAL("interval", "The span of time that the rule counts over."),
    /** The share that the rule speaks of, 0 to 1. */
    SHARE("share", "The share that the rule speaks of, 0 to 1."),
    /** From how many open ones of a listener on they are published as one. */
    ROLL_UP_FROM(
            "roll.up.from",
            "From how many open anomalies of one listener on they are published as one, with a count and examples.");

    private final String setting;
    private final String doc;

    RuleParameter(String setting, String doc) {
        this.setting = setting;
        this.doc = doc;
    }

    /** Last part of the setting's name: {@code warning.after}. */
    public String setting() {
        return setting;
    }

    /** One sentence. */
    public String doc() {
        return doc;
    }
}
