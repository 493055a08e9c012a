package io.loopscope.systemtests.harness;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs from the machine. Missing on a developer's machine: the test is skipped and says why. Missing where
 * {@code CI=true}: it fails, because a build that proves nothing must not be green.
 */
public final class Needs {
    private Needs() {}

    /** Root: to capture on {@code lo}. */
    public static void root() {
        try {
            met((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0, "root, to capture on lo");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read /proc/self", e);
        }
    }

    /** Programs on the PATH or in the folders for administrators. */
    public static void programs(String... names) {
        for (String name : names) {
            met(isInstalled(name), "the program " + name + " (./loopscope test installs it)");
        }
    }

    private static boolean isInstalled(String name) {
        String path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin:/usr/local/sbin";
        return Arrays.stream(path.split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
    }

    private static void met(boolean condition, String what) {
        if (condition) {
            return;
        }
        String message = "SKIPPED: needs " + what;
        if ("true".equals(System.getenv("CI"))) {
            fail("needs " + what + "; with CI=true this is a failure");
        }
        System.err.println(message);
        Assumptions.abort(message);
    }
}
