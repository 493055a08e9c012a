package io.loopscope.settings.terminal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Colours, or none. */
public enum Palette {
    /** Plain text. */
    NONE,
    /** ANSI escape sequences. */
    ANSI;

    private static final Path OUTPUT = Path.of("/proc/self/fd/1");
    private static final Path ERRORS = Path.of("/proc/self/fd/2");

    /** Colours when standard output is a terminal that has them and {@code NO_COLOR} is not set (see no-color.org). */
    public static Palette of(Map<String, String> environment) {
        boolean refused = !environment.getOrDefault("NO_COLOR", "").isEmpty()
                || environment.getOrDefault("TERM", "dumb").equals("dumb");
        return !refused && isTerminal(OUTPUT) ? ANSI : NONE;
    }

    /** Whether standard error is a terminal, so that somebody sees progress. */
    public static boolean errorsAreSeen() {
        return isTerminal(ERRORS);
    }

    /** The JDK tells only whether input and output both are one, and some versions not even that. */
    private static boolean isTerminal(Path stream) {
        try {
            var target = Files.readSymbolicLink(stream).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException notLinux) {
            return false;
        }
    }

    public String dim(String text) {
        return paint("2", text);
    }

    public String bold(String text) {
        return paint("1", text);
    }

    public String red(String text) {
        return paint("1;31", text);
    }

    public String yellow(String text) {
        return paint("1;33", text);
    }

    public String green(String text) {
        return paint("1;32", text);
    }

    public String cyan(String text) {
        return paint("36", text);
    }

    private String paint(String code, String text) {
        return this == NONE || text.isEmpty() ? text : "\u001b[" + code + 'm' + text + "\u001b[0m";
    }
}
