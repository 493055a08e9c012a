package io.loopscope.settings;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;

/**
 * Every setting that one program knows: {@link ConfigDef}s of its parts, {@linkplain Family families}, and whether a
 * {@code kafka} section passes properties through to Kafka clients. The single source of checking, of the reference
 * file and of the documentation.
 */
public final class SettingsDefinition {
    static final String KAFKA = "kafka";

    private static final Pattern KEY = Pattern.compile("[a-z0-9]+(\\.[a-z0-9]+)*");

    private final String program;
    private final Map<String, ConfigDef.ConfigKey> keys;
    private final List<Family> families;
    private final Map<String, String> kafkaDefaults;
    private final boolean kafka;

    private SettingsDefinition(Builder builder) {
        program = builder.program;
        keys = new LinkedHashMap<>(builder.keys);
        families = List.copyOf(builder.families);
        kafkaDefaults = new LinkedHashMap<>(builder.kafkaDefaults);
        kafka = builder.kafka;
    }

    /**
     * Starts a definition.
     *
     * @param program name for titles, for example {@code agent}
     */
    public static Builder builder(String program) {
        return new Builder(program);
    }

    /** Collects the parts. Keys are lower-case words and digits with dots, so that environment names are unambiguous. */
    public static final class Builder {
        private final String program;
        private final Map<String, ConfigDef.ConfigKey> keys = new LinkedHashMap<>();
        private final List<Family> families = new ArrayList<>();
        private final Map<String, String> kafkaDefaults = new LinkedHashMap<>();
        private boolean kafka;

        private Builder(String program) {
            this.program = program;
        }

        /**
         * Adds settings. The same setting may come twice, from two parts that share it.
         *
         * @throws IllegalArgumentException when two different settings have one name, or a name is not lower-case dotted
         */
        public Builder define(ConfigDef part) {
            part.configKeys().forEach(this::add);
            return this;
        }

        /** Adds all of another definition, for a program that contains another one. */
        public Builder include(SettingsDefinition other) {
            includeKeys(other);
            kafkaDefaults.putAll(other.kafkaDefaults);
            kafka |= other.kafka;
            return this;
        }

        /** Adds another definition's settings without its {@code kafka} section, which may suit that program only. */
        public Builder includeKeys(SettingsDefinition other) {
            other.keys.forEach(this::add);
            other.families.forEach(this::family);
            return this;
        }

        /** Adds a family. */
        public Builder family(Family family) {
            if (!families.contains(family)) {
                families.add(family);
            }
            return this;
        }

        /**
         * Opens the {@code kafka} section: any property of a Kafka client, passed through as it is.
         *
         * @param defaults properties without the {@code kafka.} prefix that hold unless overridden
         */
        public Builder kafka(Map<String, String> defaults) {
            kafka = true;
            kafkaDefaults.putAll(defaults);
            return this;
        }

        private void add(String name, ConfigDef.ConfigKey key) {
            if (!KEY.matcher(name).matches() || name.startsWith(KAFKA + ".")) {
                throw new IllegalArgumentException("not a setting's name: " + name);
            }
            var before = keys.putIfAbsent(name, key);
            if (before != null && before != key) {
                throw new IllegalArgumentException("two settings are called " + name);
            }
        }

        /** The finished definition. */
        public SettingsDefinition build() {
            return new SettingsDefinition(this);
        }
    }

    /** Name for titles. */
    public String program() {
        return program;
    }

    /** An empty {@link SettingsLoader} for this definition. */
    public SettingsLoader load() {
        return new SettingsLoader(this);
    }

    /** Only the defaults; for tests and for programs that need no configuration. */
    public Settings defaults() {
        return load().load();
    }

    Collection<ConfigDef.ConfigKey> keys() {
        return keys.values();
    }

    Optional<ConfigDef.ConfigKey> key(String name) {
        return Optional.ofNullable(keys.get(name));
    }

    List<Family> families() {
        return families;
    }

    Optional<Family.Member> member(String name) {
        return families.stream().flatMap(f -> f.match(name).stream()).findFirst();
    }

    boolean hasKafka() {
        return kafka;
    }

    Map<String, String> kafkaDefaults() {
        return kafkaDefaults;
    }

    boolean isKafka(String name) {
        return kafka && name.startsWith(KAFKA + ".");
    }

    /** Whether other settings are below this name. */
    boolean isSection(String name) {
        return (kafka && name.equals(KAFKA))
                || keys.keySet().stream().anyMatch(k -> k.startsWith(name + "."))
                || families.stream().anyMatch(f -> (f.prefix() + ".").startsWith(name + "."));
    }

    /** The known name that somebody who wrote this probably meant. */
    Optional<String> suggest(String name) {
        var candidates = new ArrayList<>(keys.keySet());
        families.forEach(f -> candidates.addAll(f.candidates(name)));
        if (kafka) {
            candidates.add(KAFKA + ".bootstrap.servers");
        }
        return Suggestion.nearest(name, candidates);
    }
}
