package io.loopscope.settings;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The configuration cannot be used. Starting again will not help until it is changed, so programs leave with
 * {@link ExitCode#BAD_CONFIGURATION}. Holds every problem that was found, so that one run shows all of them.
 */
public final class ConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /**
     * All problems of one configuration.
     *
     * @param problems at least one, in the order in which a person should read them
     */
    public ConfigurationException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining(System.lineSeparator())));
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("a configuration without problems is not an error");
        }
        this.problems = List.copyOf(problems);
    }

    /** Everything that is wrong. */
    public List<Problem> problems() {
        return problems;
    }
}
