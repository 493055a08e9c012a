package io.loopscope.settings;

import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/**
 * An effective value.
 *
 * @param key its definition; null for a property passed through to Kafka
 * @param value typed; null when the setting has no value
 */
record Setting(ConfigDef.@Nullable ConfigKey key, @Nullable Object value, Origin origin) {
    boolean isSecret(String name) {
        return key == null ? Secrets.isSecret(name) : Secrets.isSecret(key) || Secrets.isSecret(name);
    }

    /** For people: secrets hidden. */
    String shown(String name) {
        return isSecret(name) && value != null ? Secrets.MASK : SettingValue.show(value);
    }
}
