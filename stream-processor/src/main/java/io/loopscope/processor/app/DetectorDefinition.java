package io.loopscope.processor.app;

import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Importance.MEDIUM;
import static org.apache.kafka.common.config.ConfigDef.Type.DOUBLE;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;
import static org.apache.kafka.common.config.ConfigDef.Type.LONG;
import static org.apache.kafka.common.config.ConfigDef.Type.STRING;

import io.loopscope.processor.detect.Action;
import io.loopscope.processor.detect.AnomalyName;
import io.loopscope.processor.detect.AnomalyScope;
import io.loopscope.processor.detect.RuleParameter;
import io.loopscope.processor.detect.RuleSettings;
import io.loopscope.settings.DurationRange;
import io.loopscope.settings.DurationText;
import io.loopscope.settings.Family;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the anomalies, made from the catalogue: each parameter that a rule has is a
 * setting, {@code detector.close.wait.stuck.warning.after}, and for what is about a connection or a listener also one for
 * each server port, {@code detector.ports.13306.close.wait.stuck.warning.after}.
 */
final class DetectorDefinition {
    static final String PREFIX = "detector";
    static final String PORTS_PREFIX = PREFIX + ".ports";

    private static final ConfigDef.Validator ACTIONS = ConfigDef.CaseInsensitiveValidString.in(
            Stream.of(Action.values()).map(DetectorDefinition::text).toArray(String[]::new));

    /** All rules' settings. */
    static final ConfigDef RULES = rules();

    /** What can be set for a server port. */
    static final Family PORTS = Family.overriding(
            PORTS_PREFIX,
            "port",
            Family.PORT,
            PREFIX,
            RULES,
            perPortMembers(),
            "What holds for connections to one server port, instead of the setting without ports.<port>.");

    private DetectorDefinition() {}

    /** The anomalies that belong to a server port. */
    static List<AnomalyName> perPort() {
        return Stream.of(AnomalyName.values())
                .filter(name -> name.scope() != AnomalyScope.HOST)
                .toList();
    }

    /** A rule's setting without {@code detector.} before it. */
    static String member(AnomalyName name, RuleParameter parameter) {
        return name.settingPrefix().substring(PREFIX.length() + 1) + "." + parameter.setting();
    }

    private static List<String> perPortMembers() {
        List<String> members = new ArrayList<>();
        for (AnomalyName name : perPort()) {
            name.defaults().parameters().forEach(parameter -> members.add(member(name, parameter)));
        }
        return members;
    }

    private static ConfigDef rules() {
        ConfigDef definition = new ConfigDef();
        for (AnomalyName name : AnomalyName.values()) {
            name.defaults().parameters().forEach(parameter -> define(definition, name, parameter));
        }
        return definition;
    }

    private static void define(ConfigDef rules, AnomalyName name, RuleParameter parameter) {
        RuleSettings defaults = name.defaults();
        String key = PREFIX + "." + member(name, parameter);
        String doc = parameter.doc();
        switch (parameter) {
            case ACTION ->
                rules.define(
                        key, STRING, text(defaults.action()), ACTIONS, MEDIUM, name + ": " + name.rule() + " " + doc);
            case WARNING_AFTER ->
                rules.define(key, STRING, text(defaults.warningAfter()), DurationRange.atLeast("1ms"), MEDIUM, doc);
            case CRITICAL_AFTER ->
                rules.define(key, STRING, text(defaults.criticalAfter()), DurationRange.any(), MEDIUM, doc);
            case COUNT -> rules.define(key, LONG, defaults.count(), ConfigDef.Range.atLeast(1), MEDIUM, doc);
            case INTERVAL ->
                rules.define(key, STRING, text(defaults.interval()), DurationRange.atLeast("1ms"), MEDIUM, doc);
            case SHARE -> rules.define(key, DOUBLE, defaults.share(), ConfigDef.Range.between(0, 1), MEDIUM, doc);
            case ROLL_UP_FROM -> rules.define(key, INT, defaults.rollUpFrom(), ConfigDef.Range.atLeast(1), LOW, doc);
        }
    }

    private static String text(Action action) {
        return action.name().toLowerCase(Locale.ROOT);
    }

    private static String text(@Nullable Duration duration) {
        if (duration == null) {
            throw new IllegalStateException("a rule's parameter without a default");
        }
        return DurationText.format(duration);
    }
}
