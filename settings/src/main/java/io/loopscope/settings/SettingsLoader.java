package io.loopscope.settings;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts settings together from their layers, weakest first: defaults, YAML file, {@code client.properties}, environment,
 * flags. The order in which the methods are called does not matter between layers. Every value of every layer is
 * checked, also one that a stronger layer overrides, and all problems are reported at once.
 */
public final class SettingsLoader {
    private final SettingsDefinition definition;
    private final List<Path> files = new ArrayList<>();
    private final List<Path> kafkaConfigs = new ArrayList<>();
    private final List<Given> flags = new ArrayList<>();
    private Map<String, String> environment = Map.of();

    SettingsLoader(SettingsDefinition definition) {
        this.definition = definition;
    }

    /** Adds a YAML file; a later file overrides an earlier one. Null is no file. */
    public SettingsLoader file(@Nullable Path file) {
        if (file != null) {
            files.add(file);
        }
        return this;
    }

    /** Adds a properties file as Kafka's own tools take it; it overrides the YAML's {@code kafka} section. */
    public SettingsLoader kafkaConfig(@Nullable Path file) {
        if (file != null) {
            kafkaConfigs.add(file);
        }
        return this;
    }

    /** Sets the environment to read {@code LOOPSCOPE_…} from; without this call none is read. */
    public SettingsLoader environment(Map<String, String> variables) {
        environment = Map.copyOf(variables);
        return this;
    }

    /**
     * Adds a value from the command line.
     *
     * @param flag as the user typed it, for example {@code --interface}
     * @param key the setting it stands for
     * @param value null when the flag was not given, which leaves the setting alone
     */
    public SettingsLoader flag(String flag, String key, @Nullable String value) {
        if (value != null) {
            flags.add(new Given(key, value, Origin.flag(flag)));
        }
        return this;
    }

    /**
     * Reads, checks and merges.
     *
     * @throws ConfigurationException with everything that is wrong
     */
    public Settings load() {
        var problems = new ArrayList<Problem>();
        var merged = new Merge(definition, problems);
        files.forEach(file -> merged.addAll(YamlFile.read(file, problems)));
        kafkaConfigs.forEach(file -> merged.addAll(kafkaProperties(file, problems)));
        merged.addAll(Environment.read(environment, definition));
        merged.addAll(flags);
        merged.requireAll();
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return merged.settings();
    }

    private static List<Given> kafkaProperties(Path file, List<Problem> problems) {
        var properties = new Properties();
        var text = TextFile.read(file, problems).orElse("");
        try {
            properties.load(new StringReader(text));
        } catch (IOException | IllegalArgumentException e) {
            problems.add(new Problem(file.toString(), "not a properties file: " + e.getMessage()));
        }
        var origin = Origin.kafkaConfig(file.toString());
        var given = new ArrayList<Given>();
        new TreeMap<>(properties)
                .forEach((key, value) -> given.add(new Given(
                        SettingsDefinition.KAFKA + "." + key,
                        String.valueOf(value).strip(),
                        origin)));
        return given;
    }
}
