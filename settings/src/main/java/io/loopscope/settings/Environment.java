package io.loopscope.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Settings in environment variables: {@code LOOPSCOPE_AGENT_INTERFACE} is {@code agent.interface}. */
final class Environment {
    static final String PREFIX = "LOOPSCOPE_";

    /** Read by the launcher, by the logging set-up or by {@link SettingsOptions}; not settings. */
    private static final Set<String> OTHERS = Set.of(
            "LOOPSCOPE_BUILD",
            "LOOPSCOPE_JAVA_OPTS",
            "LOOPSCOPE_DEBUG",
            "LOOPSCOPE_CONFIG",
            "LOOPSCOPE_KAFKA_CONFIG",
            "LOOPSCOPE_LOG_LEVEL",
            "LOOPSCOPE_LOG_FORMAT");

    /** Kubernetes sets these in each pod for a Service whose name starts with "loopscope". */
    private static final Pattern SERVICE_LINK =
            Pattern.compile("LOOPSCOPE_(.*_)?(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT_\\d+_(TCP|UDP|SCTP)(_.*)?)");

    private Environment() {}

    static List<Given> read(Map<String, String> environment, SettingsDefinition definition) {
        var given = new ArrayList<Given>();
        new TreeMap<>(environment).forEach((variable, value) -> {
            if (!variable.startsWith(PREFIX)) {
                return;
            }
            var key = key(variable);
            if (definition.key(key).isPresent() || !isOther(variable, value)) {
                given.add(new Given(key, value, Origin.environment(variable)));
            }
        });
        return given;
    }

    private static boolean isOther(String variable, String value) {
        return OTHERS.contains(variable)
                || SERVICE_LINK.matcher(variable).matches()
                || (variable.endsWith("_PORT") && value.matches("(tcp|udp|sctp)://.*"));
    }

    static String key(String variable) {
        return variable.substring(PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '.');
    }

    static String variable(String key) {
        return PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_');
    }
}
