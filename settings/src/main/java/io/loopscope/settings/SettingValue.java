package io.loopscope.settings;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/** From text to a checked, typed value and back. */
final class SettingValue {
    private SettingValue() {}

    static boolean isDuration(ConfigDef.ConfigKey key) {
        return key.validator instanceof DurationRange;
    }

    /**
     * The typed value: what {@link ConfigDef} makes of it, or a {@link Duration}.
     *
     * @throws IllegalArgumentException what the value was and what is allowed
     */
    static @Nullable Object parse(ConfigDef.ConfigKey key, @Nullable Object raw) {
        if (raw instanceof List && key.type != ConfigDef.Type.LIST) {
            throw new IllegalArgumentException("is a list; allowed: " + allowed(key));
        }
        try {
            var typed = ConfigDef.parseType(key.name, raw, key.type);
            if (key.validator != null) {
                key.validator.ensureValid(key.name, typed);
            }
            return typed instanceof String text && isDuration(key) ? DurationText.parse(text) : typed;
        } catch (ConfigException e) {
            throw new IllegalArgumentException(refusal(key, raw, e), e);
        }
    }

    private static String refusal(ConfigDef.ConfigKey key, @Nullable Object raw, ConfigException e) {
        if (Secrets.isSecret(key)) {
            return "its value (hidden) is not valid; allowed: " + allowed(key);
        }
        var message = String.valueOf(e.getMessage());
        int colon = message.indexOf(": ", message.indexOf(" for configuration "));
        var reason = colon < 0 ? message : message.substring(colon + 2);
        if (isDuration(key) && !reason.equals("out of range")) {
            return reason + "; allowed: " + allowed(key);
        }
        var described = key.validator == null || !rule(key.validator).isEmpty();
        return quote(raw) + " is not valid" + (described ? "" : " (" + reason + ")") + "; allowed: " + allowed(key);
    }

    private static String quote(@Nullable Object raw) {
        var text = raw == null ? "nothing" : "'" + show(raw) + "'";
        return text.length() <= 80 ? text : text.substring(0, 79) + "…'";
    }

    /** The type and the range, in words. */
    static String allowed(ConfigDef.ConfigKey key) {
        var rule = key.validator == null ? "" : rule(key.validator);
        return typeName(key) + (rule.isEmpty() ? "" : ", " + rule);
    }

    /** The type in words that a reader of YAML knows. */
    static String typeName(ConfigDef.ConfigKey key) {
        if (isDuration(key)) {
            return "duration";
        }
        return switch (key.type) {
            case BOOLEAN -> "true or false";
            case STRING, CLASS -> "text";
            case SHORT, INT, LONG -> "whole number";
            case DOUBLE -> "number";
            case LIST -> "list";
            case PASSWORD -> "secret text";
        };
    }

    /** A validator in words; empty when it does not describe itself. Kafka's write ranges as {@code [1,...,9]}. */
    static String rule(ConfigDef.Validator validator) {
        var text = validator.toString();
        if (text == null || text.startsWith(validator.getClass().getName() + "@") || text.contains("$$Lambda")) {
            return "";
        }
        if (!text.startsWith("[") || !text.endsWith("]")) {
            return text;
        }
        var inside = text.substring(1, text.length() - 1);
        if (inside.startsWith("...,")) {
            return "at most " + inside.substring(4);
        }
        if (inside.endsWith(",...")) {
            return "at least " + inside.substring(0, inside.length() - 4);
        }
        return inside.contains(",...,") ? "from " + inside.replace(",...,", " to ") : "one of " + inside;
    }

    /** The default as a person writes it: that of a secret setting is no secret, and hiding it would make it another. */
    static String showDefault(ConfigDef.ConfigKey key) {
        var value = parse(key, key.defaultValue);
        return value instanceof Password password ? password.value() : show(value);
    }

    /** The value as a person writes it; the same text for the same value, however it was written. */
    static String show(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        if (value instanceof Duration duration) {
            return DurationText.format(duration);
        }
        if (value instanceof List<?> list) {
            return list.stream().map(String::valueOf).collect(Collectors.joining(","));
        }
        return String.valueOf(value);
    }
}
