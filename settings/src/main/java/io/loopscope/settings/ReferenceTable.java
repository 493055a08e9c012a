package io.loopscope.settings;

import org.apache.kafka.common.config.ConfigDef;

/** Renders the settings of a program as a table in Markdown, for {@code docs/configuration.md}. */
public final class ReferenceTable {
    private static final String HEAD = "| Setting | Default | Allowed | Meaning |\n|---|---|---|---|\n";

    private ReferenceTable() {}

    /** The tables, with a line feed at the end and no heading. */
    public static String render(SettingsDefinition definition) {
        var text = new StringBuilder(HEAD);
        definition.keys().forEach(key -> row(text, key.name, fallback(key), key));
        for (var family : definition.families()) {
            text.append('\n').append(escape(family.documentation())).append(' ');
            text.append('`')
                    .append(family.pattern())
                    .append("`: ")
                    .append(escape(family.variableRule()))
                    .append(".\n\n");
            text.append(HEAD);
            family.members().forEach(key -> {
                var fallback = family.base()
                        .map(base -> "as `" + base + "." + key.name + "`")
                        .orElseGet(() -> fallback(key));
                row(text, family.pattern() + "." + key.name, fallback, key);
            });
        }
        if (definition.hasKafka()) {
            text.append("\n| Passed through to Kafka | Default |\n|---|---|\n");
            definition
                    .kafkaDefaults()
                    .forEach((name, value) -> text.append("| `kafka.")
                            .append(name)
                            .append("` | `")
                            .append(escape(value))
                            .append("` |\n"));
            text.append("| `kafka.…` | any other property of Kafka's clients |\n");
        }
        return text.toString();
    }

    private static void row(StringBuilder text, String name, String fallback, ConfigDef.ConfigKey key) {
        text.append("| `").append(name).append("` | ").append(fallback);
        text.append(" | ").append(escape(SettingValue.allowed(key)));
        text.append(" | ").append(escape(key.documentation)).append(" |\n");
    }

    private static String fallback(ConfigDef.ConfigKey key) {
        if (!key.hasDefault()) {
            return "required";
        }
        var shown = SettingValue.showDefault(key);
        return shown.isEmpty() ? "none" : "`" + escape(shown) + "`";
    }

    private static String escape(String text) {
        return text.strip().replaceAll("\\s+", " ").replace("|", "\\|").replace("<", "&lt;");
    }
}
