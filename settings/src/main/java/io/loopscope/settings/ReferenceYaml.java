package io.loopscope.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;

/**
 * Renders the reference file of a program: every setting with its documentation and default. It loads as it is, and
 * says what the program does without a file. Each program's tests compare the checked-in file with this text.
 */
public final class ReferenceYaml {
    private static final int WIDTH = 100;
    private static final Pattern PLAIN =
            Pattern.compile("[A-Za-z0-9_./][A-Za-z0-9_./:-]*[A-Za-z0-9_./-]|[A-Za-z0-9_./]");

    private final StringBuilder text = new StringBuilder();

    private ReferenceYaml() {}

    /** The whole file, with a line feed at its end. */
    public static String render(SettingsDefinition definition) {
        var yaml = new ReferenceYaml();
        yaml.comment(
                "Every setting of Loopscope's " + definition.program() + ", with its default. A line left out means"
                        + " its default. Stronger than this file: environment variables (agent.interface is"
                        + " LOOPSCOPE_AGENT_INTERFACE), then flags. Dotted names may be nested.");
        definition.keys().forEach(yaml::setting);
        definition.families().forEach(yaml::family);
        if (definition.hasKafka()) {
            yaml.kafka(definition);
        }
        return yaml.text.toString();
    }

    private void setting(ConfigDef.ConfigKey key) {
        text.append('\n');
        comment(key.documentation);
        comment("Allowed: " + SettingValue.allowed(key) + ".");
        if (!key.hasDefault()) {
            comment("Required.");
        }
        // Writing nothing behind a name is an error, so a setting without a default shows its name only.
        boolean set = key.hasDefault() && key.defaultValue != null;
        text.append(set ? "" : "# ").append(key.name).append(':');
        text.append(set ? " " + value(key) : "").append('\n');
    }

    private void family(Family family) {
        text.append('\n');
        comment(family.documentation());
        comment("Allowed for the part in <>: " + family.variableRule() + ".");
        for (var key : family.members()) {
            text.append("# ")
                    .append(family.pattern())
                    .append('.')
                    .append(key.name)
                    .append(": ");
            text.append('<').append(SettingValue.allowed(key)).append(">\n");
        }
    }

    private void kafka(SettingsDefinition definition) {
        text.append('\n');
        comment(
                "Any property of Kafka's clients, passed through as it is: addresses, TLS, SASL. Secrets are better taken"
                        + " from a file or the environment by Kafka's config.providers than written here.");
        text.append(definition.kafkaDefaults().isEmpty() ? "kafka: {}\n" : "kafka:\n");
        definition
                .kafkaDefaults()
                .forEach((name, value) -> text.append("  ")
                        .append(name)
                        .append(": ")
                        .append(scalar(value))
                        .append('\n'));
    }

    private static String value(ConfigDef.ConfigKey key) {
        if (SettingValue.parse(key, key.defaultValue) instanceof List<?> list) {
            var items = new ArrayList<String>();
            list.forEach(item -> items.add(scalar(String.valueOf(item))));
            return "[" + String.join(", ", items) + "]";
        }
        return scalar(SettingValue.showDefault(key));
    }

    private static String scalar(String value) {
        if (PLAIN.matcher(value).matches() && !value.equals("null")) {
            return value;
        }
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    private void comment(String words) {
        var line = new StringBuilder("#");
        for (var word : words.strip().split("\\s+")) {
            if (line.length() + 1 + word.length() > WIDTH) {
                text.append(line).append('\n');
                line = new StringBuilder("#");
            }
            line.append(' ').append(word);
        }
        text.append(line).append('\n');
    }
}
