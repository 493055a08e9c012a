package io.loopscope.settings;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/** Layers of settings laid over each other, weakest first. */
final class Merge {
    private final SettingsDefinition definition;
    private final List<Problem> problems;
    private final List<Problem> warnings = new ArrayList<>();
    private final Map<String, Setting> values = new LinkedHashMap<>();
    private final Map<String, Setting> kafka = new TreeMap<>();

    Merge(SettingsDefinition definition, List<Problem> problems) {
        this.definition = definition;
        this.problems = problems;
        for (var key : definition.keys()) {
            if (key.hasDefault()) {
                var value = SettingValue.parse(key, key.defaultValue);
                values.put(key.name, new Setting(key, value, Origin.BUILT_IN));
            }
        }
        definition.kafkaDefaults().forEach((name, value) -> kafka.put(name, new Setting(null, value, Origin.BUILT_IN)));
    }

    void addAll(List<Given> layer) {
        layer.forEach(this::add);
    }

    private void add(Given given) {
        var key = definition.key(given.key());
        var member = definition.member(given.key());
        if (given.value() == null && key.isEmpty() && definition.isSection(given.key())) {
            return; // "agent:" with every line below it commented out
        }
        try {
            if (definition.isKafka(given.key())) {
                addKafka(given);
            } else if (key.isPresent()) {
                values.put(given.key(), new Setting(key.get(), checked(key.get(), given), given.origin()));
            } else if (member.isPresent()) {
                member.get().family().checkVariable(member.get().variable());
                var memberKey = member.get().key();
                values.put(given.key(), new Setting(memberKey, checked(memberKey, given), given.origin()));
            } else {
                unknown(given);
            }
        } catch (IllegalArgumentException e) {
            problems.add(new Problem(given.origin().where(), given.key() + ": " + e.getMessage()));
        }
    }

    private static @Nullable Object checked(ConfigDef.ConfigKey key, Given given) {
        if (given.value() == null) {
            throw new IllegalArgumentException(
                    "has no value; leave the line out for the default, or write \"\" for empty text");
        }
        return SettingValue.parse(key, given.value());
    }

    private void addKafka(Given given) {
        if (given.value() == null) {
            throw new IllegalArgumentException("has no value; leave the line out, or write \"\" for empty text");
        }
        var name = given.key().substring(SettingsDefinition.KAFKA.length() + 1);
        kafka.put(name, new Setting(null, SettingValue.show(given.value()), given.origin()));
        KafkaNames.suggest(name)
                .ifPresent(meant -> warnings.add(new Problem(
                        given.origin().where(),
                        given.key() + " is not a property that Kafka's clients know; did you mean kafka." + meant
                                + "?")));
    }

    private void unknown(Given given) {
        var suggestion = definition.suggest(given.key());
        String what;
        if (definition.isSection(given.key())) {
            what = given.key() + " is a section, not a setting; its settings go below it";
        } else if (given.key().startsWith(SettingsDefinition.KAFKA + ".")) {
            what = given.key() + ": this program has no kafka section";
        } else {
            what = "unknown setting " + given.key()
                    + suggestion.map(s -> "; did you mean " + s + "?").orElse("");
        }
        var problem = new Problem(given.origin().where(), what);
        // A variable may be meant for another program on this machine; a line in this program's file cannot be.
        (given.origin().source() == Origin.Source.ENVIRONMENT ? warnings : problems).add(problem);
    }

    void requireAll() {
        for (var key : definition.keys()) {
            if (!key.hasDefault() && !values.containsKey(key.name)) {
                var what = key.name + " is required: write it into the file, or set " + Environment.variable(key.name);
                if (problems.stream().noneMatch(p -> p.what().startsWith(key.name + ":"))) {
                    problems.add(new Problem("configuration", what));
                }
            }
        }
    }

    Settings settings() {
        return new Settings(definition, values, kafka, warnings);
    }
}
