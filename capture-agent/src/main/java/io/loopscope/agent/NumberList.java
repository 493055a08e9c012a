package io.loopscope.agent;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/** Checks a setting that is a list of whole numbers. */
final class NumberList implements ConfigDef.Validator {
    static final NumberList PORTS = new NumberList(1, 65_535, "ports");
    static final NumberList PIDS = new NumberList(1, Integer.MAX_VALUE, "process numbers");

    private final long least;
    private final long most;
    private final String what;

    private NumberList(long least, long most, String what) {
        this.least = least;
        this.most = most;
        this.what = what;
    }

    @Override
    public void ensureValid(String name, Object value) {
        for (Object item : (List<?>) value) {
            if (!isValid(String.valueOf(item).strip())) {
                throw new ConfigException(name, item, "not one of the " + this);
            }
        }
    }

    private boolean isValid(String text) {
        return text.matches("\\d{1,10}") && Long.parseLong(text) >= least && Long.parseLong(text) <= most;
    }

    @Override
    public String toString() {
        return what + " from " + least + " to " + most;
    }
}
