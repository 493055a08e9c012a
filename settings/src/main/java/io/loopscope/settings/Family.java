package io.loopscope.settings;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * Settings that exist once for each value of a variable, such as {@code detector.ports.<port>.close.wait.stuck}. Only
 * those that somebody wrote exist; see {@link Settings#family}.
 */
public final class Family {
    /** A TCP port, 1 to 65535, for the variable of a family. */
    public static final ConfigDef.Validator PORT = new ConfigDef.Validator() {
        @Override
        public void ensureValid(String name, Object value) {
            var text = String.valueOf(value);
            if (!text.matches("[1-9]\\d{0,4}") || Integer.parseInt(text) > 65_535) {
                throw new ConfigException(name, value, "not a port");
            }
        }

        @Override
        public String toString() {
            return "a port from 1 to 65535";
        }
    };

    private final String prefix;
    private final String variable;
    private final ConfigDef.Validator variableRule;
    private final ConfigDef members;
    private final @Nullable String base;
    private final String documentation;

    private Family(
            String prefix,
            String variable,
            ConfigDef.Validator variableRule,
            ConfigDef members,
            @Nullable String base,
            String documentation) {
        this.prefix = prefix;
        this.variable = variable;
        this.variableRule = variableRule;
        this.members = members;
        this.base = base;
        this.documentation = documentation;
    }

    /**
     * A family with settings of its own.
     *
     * @param prefix what comes before the variable, for example {@code detector.ports}
     * @param variable the variable's name in documentation, for example {@code port}
     * @param variableRule checks the variable's value (a {@code String}); its {@code toString} says what is allowed
     * @param members the settings, named without prefix and variable
     * @param documentation what the family is for
     */
    public static Family of(
            String prefix, String variable, ConfigDef.Validator variableRule, ConfigDef members, String documentation) {
        return new Family(prefix, variable, variableRule, members, null, documentation);
    }

    /**
     * A family that overrides settings which also exist without the variable: {@code
     * detector.ports.<port>.close.wait.stuck} overrides {@code detector.close.wait.stuck}. Type, validator and
     * documentation are those of the overridden setting, and {@link Settings#family} falls back to its value.
     *
     * @param base prefix of the overridden settings, for example {@code detector}
     * @param definitions where the overridden settings are defined
     * @param members which may be overridden, named without base, for example {@code close.wait.stuck}
     */
    public static Family overriding(
            String prefix,
            String variable,
            ConfigDef.Validator variableRule,
            String base,
            ConfigDef definitions,
            Collection<String> members,
            String documentation) {
        var own = new ConfigDef();
        for (var member : members) {
            var key = definitions.configKeys().get(base + "." + member);
            if (key == null) {
                throw new IllegalArgumentException("no setting " + base + "." + member + " to override");
            }
            own.define(member, key.type, key.defaultValue, key.validator, key.importance, key.documentation);
        }
        return new Family(prefix, variable, variableRule, own, base, documentation);
    }

    String prefix() {
        return prefix;
    }

    /** {@code detector.ports.<port>}, as documentation writes it. */
    String pattern() {
        return prefix + ".<" + variable + ">";
    }

    String documentation() {
        return documentation;
    }

    String variableRule() {
        return SettingValue.rule(variableRule);
    }

    Collection<ConfigDef.ConfigKey> members() {
        return members.configKeys().values();
    }

    /** Prefix of the settings that this family overrides. */
    Optional<String> base() {
        return Optional.ofNullable(base);
    }

    /** A setting of a family: which value of the variable, and which member. */
    record Member(Family family, String variable, ConfigDef.ConfigKey key) {}

    /** Splits {@code detector.ports.13306.close.wait.stuck}; the variable may contain dots, as host names do. */
    Optional<Member> match(String name) {
        if (!name.startsWith(prefix + ".")) {
            return Optional.empty();
        }
        var rest = name.substring(prefix.length() + 1);
        return members().stream()
                .filter(key -> rest.endsWith("." + key.name) && rest.length() > key.name.length() + 1)
                .max(Comparator.comparingInt(key -> key.name.length()))
                .map(key -> new Member(this, rest.substring(0, rest.length() - key.name.length() - 1), key));
    }

    /** @throws IllegalArgumentException when the variable's value is not allowed */
    void checkVariable(String value) {
        try {
            variableRule.ensureValid(prefix, value);
        } catch (ConfigException e) {
            throw new IllegalArgumentException(
                    "'" + value + "' is not a valid <" + variable + ">; allowed: " + variableRule(), e);
        }
    }

    /** Names to compare a misspelt one with. */
    List<String> candidates(String name) {
        if (!name.startsWith(prefix + ".")) {
            return List.of();
        }
        var rest = name.substring(prefix.length() + 1);
        int dot = rest.indexOf('.');
        var value = dot < 0 ? rest : rest.substring(0, dot);
        return members().stream()
                .map(key -> prefix + "." + value + "." + key.name)
                .toList();
    }
}
