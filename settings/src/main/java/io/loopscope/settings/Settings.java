package io.loopscope.settings;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/**
 * The effective settings of a program: checked, typed, immutable. A getter for a setting that is not defined, or has
 * another type, is a bug and throws {@link IllegalArgumentException}; a setting without a value
 * {@link IllegalStateException}.
 */
public final class Settings {
    private static final int HASH_DIGITS = 12;

    private final SettingsDefinition definition;
    private final Map<String, Setting> values;
    private final Map<String, Setting> kafka;
    private final List<Problem> warnings;

    Settings(
            SettingsDefinition definition,
            Map<String, Setting> values,
            Map<String, Setting> kafka,
            List<Problem> warnings) {
        this.definition = definition;
        this.values = new LinkedHashMap<>(values);
        this.kafka = new TreeMap<>(kafka);
        this.warnings = List.copyOf(warnings);
    }

    /** Text, as it was written. */
    public String string(String key) {
        return value(key, String.class);
    }

    /** Text of a setting that may have no value. */
    public Optional<String> find(String key) {
        return setting(key).value() == null ? Optional.empty() : Optional.of(string(key));
    }

    /** A whole number. */
    public int integer(String key) {
        return value(key, Number.class).intValue();
    }

    /** A whole number of 64 bits. */
    public long longInteger(String key) {
        return value(key, Number.class).longValue();
    }

    /** A number. */
    public double decimal(String key) {
        return value(key, Number.class).doubleValue();
    }

    /** True or false. */
    public boolean bool(String key) {
        return value(key, Boolean.class);
    }

    /** A duration; the setting must be defined with a {@link DurationRange}. */
    public Duration duration(String key) {
        return value(key, Duration.class);
    }

    /** A list of texts, in the order in which they were written. */
    public List<String> list(String key) {
        List<?> items = value(key, List.class);
        return items.stream().map(String::valueOf).toList();
    }

    /** The text of a setting of type {@code PASSWORD}. Hand it to who needs it and to nobody else. */
    public String secret(String key) {
        return value(key, Password.class).value();
    }

    /** Properties for Kafka clients, without the {@code kafka.} prefix. May hold secrets: never log this map. */
    public Map<String, String> kafka() {
        var properties = new TreeMap<String, String>();
        kafka.forEach((name, setting) -> properties.put(name, SettingValue.show(setting.value())));
        return properties;
    }

    /** Where the value of a setting comes from. Takes {@code kafka.…} and members of families too. */
    public Origin origin(String key) {
        return setting(key).origin();
    }

    /** A problem with the value of this setting, for checks that span several settings. */
    public Problem problem(String key, String what) {
        var setting = setting(key);
        var value = setting.value() == null ? "" : "'" + setting.shown(key) + "' ";
        return new Problem(setting.origin().where(), key + ": " + value + what);
    }

    /** What looks wrong and does not stop the program, to be logged at start: unknown environment variables, slips. */
    public List<Problem> warnings() {
        return warnings;
    }

    /**
     * The written members of a {@linkplain Family family}, by value of its variable. Each view has the getters for the
     * members' short names ({@code close.wait.stuck}): the override where there is one, else the overridden setting,
     * else the member's default. The views have no {@link #kafka()}.
     *
     * @param prefix of the family, for example {@code detector.ports}
     */
    public Map<String, Settings> family(String prefix) {
        var family = definition.families().stream()
                .filter(f -> f.prefix().equals(prefix))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no family " + prefix + " is defined"));
        var written = new TreeMap<String, Map<String, Setting>>();
        values.forEach((name, setting) -> family.match(name)
                .filter(member -> definition.key(name).isEmpty())
                .ifPresent(member -> written.computeIfAbsent(member.variable(), v -> new LinkedHashMap<>())
                        .put(member.key().name, setting)));
        var views = new TreeMap<String, Settings>();
        written.forEach((variable, own) -> views.put(variable, view(family, own)));
        return views;
    }

    private Settings view(Family family, Map<String, Setting> own) {
        var all = new LinkedHashMap<String, Setting>();
        var part = new ConfigDef();
        for (var key : family.members()) {
            part.define(key);
            var inherited = family.base().map(base -> values.get(base + "." + key.name));
            if (inherited.isPresent()) {
                all.put(key.name, inherited.get());
            } else if (key.hasDefault()) {
                all.put(key.name, new Setting(key, SettingValue.parse(key, key.defaultValue), Origin.BUILT_IN));
            }
        }
        all.putAll(own);
        var members =
                SettingsDefinition.builder(definition.program()).define(part).build();
        return new Settings(members, all, Map.of(), List.of());
    }

    /**
     * Twelve hex digits of a SHA-256 over all effective settings except secrets. Equal settings give an equal hash
     * wherever they were written; heartbeats carry it, so that a fleet's odd one out is seen.
     */
    public String hash() {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            everything().forEach((name, setting) -> {
                if (!setting.isSecret(name)) {
                    var line = name + '\0' + SettingValue.show(setting.value()) + '\n';
                    digest.update(line.getBytes(StandardCharsets.UTF_8));
                }
            });
            return HexFormat.of().formatHex(digest.digest()).substring(0, HASH_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** One line per setting with its value and origin, secrets hidden; for the log of a start. */
    public String describe() {
        var text = new StringBuilder();
        everything()
                .forEach((name, setting) -> text.append(name)
                        .append(" = ")
                        .append(setting.shown(name))
                        .append("  (")
                        .append(setting.origin())
                        .append(")\n"));
        return text.toString();
    }

    /** As {@link #describe()}. */
    @Override
    public String toString() {
        return describe();
    }

    private Map<String, Setting> everything() {
        var all = new TreeMap<>(values);
        kafka.forEach((name, setting) -> all.put(SettingsDefinition.KAFKA + "." + name, setting));
        return all;
    }

    private Setting setting(String key) {
        var setting = values.get(key);
        if (setting == null && definition.isKafka(key)) {
            setting = kafka.get(key.substring(SettingsDefinition.KAFKA.length() + 1));
        }
        if (setting == null) {
            throw new IllegalArgumentException("no setting " + key + " is defined");
        }
        return setting;
    }

    private <T> T value(String key, Class<T> type) {
        @Nullable Object value = setting(key).value();
        if (value == null) {
            throw new IllegalStateException("setting " + key + " has no value");
        }
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException(
                    "setting " + key + " is a " + value.getClass().getSimpleName() + ", not a " + type.getSimpleName());
        }
        return type.cast(value);
    }
}
