package io.loopscope.standalone.up;

import io.loopscope.processor.detect.AnomalyName;
import io.loopscope.processor.detect.RuleParameter;
import io.loopscope.settings.DurationText;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * When an anomaly is raised, as {@code --threshold CLOSE_WAIT_STUCK=5s,15s} has it.
 *
 * @param name which anomaly
 * @param warning after how long it is opened, in the form of {@link DurationText}
 * @param critical after how long it is escalated; null for the setting's value
 */
record Threshold(AnomalyName name, String warning, @Nullable String critical) {

    /** @throws IllegalArgumentException when there is no such anomaly, it has no threshold, or a duration is none */
    static Threshold parse(String name, String durations) {
        var anomaly = anomaly(name);
        var parts = List.of(durations.split(",", -1));
        if (parts.size() > 2) {
            throw new IllegalArgumentException(
                    "'" + durations + "' is more than two durations, for warning and critical");
        }
        parts.forEach(DurationText::parse);
        return new Threshold(anomaly, parts.get(0), parts.size() == 2 ? parts.get(1) : null);
    }

    private static AnomalyName anomaly(String name) {
        return timed().stream()
                .filter(anomaly -> anomaly.name().equals(name.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("'" + name + "' is no anomaly with a threshold; allowed: "
                                + timed().stream().map(Enum::name).collect(Collectors.joining(", "))));
    }

    private static List<AnomalyName> timed() {
        return Arrays.stream(AnomalyName.values())
                .filter(anomaly -> anomaly.defaults().parameters().contains(RuleParameter.WARNING_AFTER))
                .toList();
    }

    static String warningKey(AnomalyName name) {
        return key(name, RuleParameter.WARNING_AFTER);
    }

    static String criticalKey(AnomalyName name) {
        return key(name, RuleParameter.CRITICAL_AFTER);
    }

    private static String key(AnomalyName name, RuleParameter parameter) {
        return name.settingPrefix() + "." + parameter.setting();
    }
}
