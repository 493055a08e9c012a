package io.loopscope.agent;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/** Checks a setting that is a list of addresses and blocks of them. */
final class AddressList implements ConfigDef.Validator {
    @Override
    public void ensureValid(String name, Object value) {
        for (Object item : (List<?>) value) {
            try {
                AddressBlock.parse(String.valueOf(item).strip());
            } catch (IllegalArgumentException e) {
                throw new ConfigException(name, item, "not one of the " + this);
            }
        }
    }

    @Override
    public String toString() {
        return "IPv4 or IPv6 addresses, with /prefix length or without";
    }
}
