package io.loopscope.processor.app;

import static io.loopscope.processor.detect.RuleParameter.COUNT;
import static io.loopscope.processor.detect.RuleParameter.CRITICAL_AFTER;
import static io.loopscope.processor.detect.RuleParameter.INTERVAL;
import static io.loopscope.processor.detect.RuleParameter.ROLL_UP_FROM;
import static io.loopscope.processor.detect.RuleParameter.SHARE;
import static io.loopscope.processor.detect.RuleParameter.WARNING_AFTER;

import io.loopscope.processor.detect.Action;
import io.loopscope.processor.detect.AnomalyName;
import io.loopscope.processor.detect.DetectorSettings;
import io.loopscope.processor.detect.DetectorSettings.Limits;
import io.loopscope.processor.detect.RuleParameter;
import io.loopscope.processor.detect.RuleSettings;
import io.loopscope.processor.tcp.TcpSettings;
import io.loopscope.settings.ConfigurationException;
import io.loopscope.settings.Problem;
import io.loopscope.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the settings say for the detector.
 *
 * @param detector thresholds and limits
 * @param tcp what the core has to know about the kernels that are watched
 */
public record DetectorChoice(DetectorSettings detector, TcpSettings tcp) {

    /**
     * Reads the settings; they may be those of a program that contains the processor.
     *
     * @throws ConfigurationException when some contradict each other, with all of them
     */
    public static DetectorChoice from(Settings settings) {
        Reader reader = new Reader(settings);
        DetectorSettings chosen = reader.ports(reader.rules());
        reader.checkLimits();
        if (!reader.problems.isEmpty()) {
            throw new ConfigurationException(reader.problems);
        }
        return new DetectorChoice(chosen.with(limits(settings)), tcp(settings));
    }

    /** Reads rules, and remembers what is wrong with them. */
    private static final class Reader {
        private final Settings settings;
        private final List<Problem> problems = new ArrayList<>();

        Reader(Settings settings) {
            this.settings = settings;
        }

        DetectorSettings rules() {
            DetectorSettings chosen = DetectorSettings.defaults();
            for (AnomalyName name : AnomalyName.values()) {
                Rule rule = new Rule(settings, DetectorDefinition.PREFIX + ".", name);
                if (rule.criticalBeforeWarning()) {
                    contradiction(rule.key(CRITICAL_AFTER), rule.key(WARNING_AFTER));
                } else {
                    chosen = chosen.with(name, rule.read());
                }
            }
            return chosen;
        }

        DetectorSettings ports(DetectorSettings rules) {
            DetectorSettings chosen = rules;
            for (Map.Entry<String, Settings> port :
                    settings.family(DetectorDefinition.PORTS_PREFIX).entrySet()) {
                for (AnomalyName name : DetectorDefinition.perPort()) {
                    Rule rule = new Rule(port.getValue(), "", name);
                    if (rule.criticalBeforeWarning()) {
                        contradiction(port.getKey(), rule);
                    } else if (!rule.read().equals(rules.of(name))) {
                        chosen = chosen.with(Integer.parseInt(port.getKey()), name, rule.read());
                    }
                }
            }
            return chosen;
        }

        void checkLimits() {
            String idle = LimitDefinition.IDLE_AFTER;
            String forget = LimitDefinition.FORGET_IDLE;
            if (settings.duration(forget).compareTo(settings.duration(idle)) <= 0) {
                problems.add(settings.problem(forget, "is not more than " + idle));
            }
        }

        /** Told for a port only where the port's own settings make it: else it has been told already. */
        private void contradiction(String port, Rule rule) {
            String own = DetectorDefinition.PORTS_PREFIX + "." + port + ".";
            String general = DetectorDefinition.PREFIX + ".";
            boolean ownCritical = isOverridden(rule, CRITICAL_AFTER);
            boolean ownWarning = isOverridden(rule, WARNING_AFTER);
            if (ownCritical) {
                contradiction(own + rule.key(CRITICAL_AFTER), (ownWarning ? own : general) + rule.key(WARNING_AFTER));
            } else if (ownWarning) {
                problems.add(settings.problem(
                        own + rule.key(WARNING_AFTER), "is after " + general + rule.key(CRITICAL_AFTER)));
            }
        }

        private boolean isOverridden(Rule rule, RuleParameter parameter) {
            String key = rule.key(parameter);
            return !rule.settings.origin(key).equals(settings.origin(DetectorDefinition.PREFIX + "." + key));
        }

        private void contradiction(String critical, String warning) {
            problems.add(settings.problem(critical, "is before " + warning + "; 0s means never"));
        }
    }

    /** The settings of one rule: those of all ports, or of one. */
    private record Rule(Settings settings, String prefix, AnomalyName name) {
        String key(RuleParameter parameter) {
            return prefix + DetectorDefinition.member(name, parameter);
        }

        boolean criticalBeforeWarning() {
            Duration warning = part(WARNING_AFTER, settings::duration);
            Duration critical = part(CRITICAL_AFTER, settings::duration);
            return warning != null && critical != null && !critical.isZero() && critical.compareTo(warning) < 0;
        }

        RuleSettings read() {
            String action = settings.string(key(RuleParameter.ACTION));
            return new RuleSettings(
                    Action.valueOf(action.toUpperCase(Locale.ROOT)),
                    part(WARNING_AFTER, settings::duration),
                    part(CRITICAL_AFTER, settings::duration),
                    part(COUNT, settings::longInteger),
                    part(INTERVAL, settings::duration),
                    part(SHARE, settings::decimal),
                    part(ROLL_UP_FROM, settings::integer));
        }

        private <T> @Nullable T part(RuleParameter parameter, Function<String, T> getter) {
            return name.defaults().parameters().contains(parameter) ? getter.apply(key(parameter)) : null;
        }
    }

    private static Limits limits(Settings settings) {
        return new Limits(
                settings.integer(LimitDefinition.MAX_CONNECTIONS),
                settings.integer(LimitDefinition.MAX_HANDSHAKES),
                settings.integer(LimitDefinition.MAX_LISTENERS),
                settings.duration(LimitDefinition.FORGET_HANDSHAKE),
                settings.duration(LimitDefinition.IDLE_AFTER),
                settings.duration(LimitDefinition.FORGET_IDLE),
                settings.integer(LimitDefinition.EXAMPLES),
                settings.duration(LimitDefinition.HOLD_EVENT),
                settings.duration(LimitDefinition.CAPTURE_RECOVERED),
                settings.duration(LimitDefinition.AGENT_LOST));
    }

    private static TcpSettings tcp(Settings settings) {
        return new TcpSettings(
                settings.duration(LimitDefinition.TIME_WAIT),
                settings.duration(LimitDefinition.GIVE_UP),
                settings.duration(LimitDefinition.RESET_DOUBT),
                settings.duration(LimitDefinition.REMEMBER),
                TcpSettings.DEFAULT.redelivery());
    }
}
