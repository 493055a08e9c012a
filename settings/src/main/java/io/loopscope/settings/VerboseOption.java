package io.loopscope.settings;

import picocli.CommandLine.Option;

/** {@code -v}, as a mixin: {@code @Mixin VerboseOption verbose}. {@link Program} acts on it. */
public final class VerboseOption {
    static final String NAME = "--verbose";

    @Option(
            names = {"-v", NAME},
            description = "Log at level debug, and show stack traces with errors.")
    private boolean verbose;

    /** Whether it was given. */
    public boolean isOn() {
        return verbose;
    }
}
