package io.loopscope.settings;

import java.util.Locale;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;

/** Knows which values must never be shown. A harmless value hidden costs nothing; a password in a log costs a lot. */
final class Secrets {
    static final String MASK = "********";

    private static final Set<String> WORDS = Set.of(
            "password",
            "passwd",
            "passphrase",
            "secret",
            "token",
            "jaas",
            "key",
            "credential",
            "credentials",
            "userinfo");

    private Secrets() {}

    /** By name: {@code sasl.jaas.config}, {@code ssl.key.password}, {@code registry.api-key}, {@code basic.auth.user.info}. */
    static boolean isSecret(String key) {
        var name = key.toLowerCase(Locale.ROOT);
        if (name.endsWith("user.info")) {
            return true;
        }
        for (var word : name.split("[._-]")) {
            if (WORDS.stream().anyMatch(word::endsWith)) {
                return true;
            }
        }
        return false;
    }

    static boolean isSecret(ConfigDef.ConfigKey key) {
        return key.type == ConfigDef.Type.PASSWORD || isSecret(key.name);
    }
}
