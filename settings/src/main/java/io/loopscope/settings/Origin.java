package io.loopscope.settings;

/**
 * Where the value of a setting comes from.
 *
 * @param source which layer
 * @param where the place, as {@link Problem#where()} prints it
 */
public record Origin(Source source, String where) {
    /** The layers, weakest first. */
    public enum Source {
        /** Built into the program. */
        DEFAULT,
        /** A YAML file. */
        FILE,
        /** A {@code client.properties} file given with {@code --kafka-config}. */
        KAFKA_CONFIG,
        /** An environment variable {@code LOOPSCOPE_…}. */
        ENVIRONMENT,
        /** The command line. */
        FLAG
    }

    static final Origin BUILT_IN = new Origin(Source.DEFAULT, "default");

    static Origin file(String file, int line, int column) {
        return new Origin(Source.FILE, file + ":" + line + ":" + column);
    }

    static Origin kafkaConfig(String file) {
        return new Origin(Source.KAFKA_CONFIG, file);
    }

    static Origin environment(String variable) {
        return new Origin(Source.ENVIRONMENT, "environment " + variable);
    }

    static Origin flag(String flag) {
        return new Origin(Source.FLAG, "flag " + flag);
    }

    @Override
    public String toString() {
        return where;
    }
}
