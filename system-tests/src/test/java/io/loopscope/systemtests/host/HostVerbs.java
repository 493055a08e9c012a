package io.loopscope.systemtests.host;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.loopscope.systemtests.harness.ChildProcess;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.Waits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Runs the launcher as it is, or under a command that takes something away from it. */
final class HostVerbs {
    /** An ordinary user of no group. */
    private static final List<String> AS_NOBODY =
            List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
    /** Root without its powers: for a checkout that others may not read. */
    private static final List<String> AS_POWERLESS_ROOT =
            List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all");

    /** A network namespace of its own: only a loopback interface, which is down. */
    static final List<String> IN_NEW_NAMESPACE = List.of("unshare", "--net");
    /** The same with the interface up. */
    static final List<String> IN_EMPTY_NAMESPACE =
            List.of("unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh");
    /** Another file lies over each libpcap, for this process and its children only. */
    static final List<String> WITHOUT_LIBPCAP = List.of(
            "unshare",
            "--mount",
            "sh",
            "-c",
            "for f in $(find /usr/lib /usr/lib64 /usr/local/lib -name 'libpcap.so*' 2>/dev/null);"
                    + " do mount --bind /dev/null \"$f\"; done; exec \"$@\"",
            "sh");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Processes processes;
    private int started;

    HostVerbs(Processes processes) {
        this.processes = processes;
    }

    /** A user who has no capability and can run the launcher. */
    static List<String> asOrdinaryUser() {
        return mayRunLauncher(AS_NOBODY) ? AS_NOBODY : AS_POWERLESS_ROOT;
    }

    /** The same with one capability, given in the way that the doctor prints. */
    static List<String> asOrdinaryUserWith(String capability) {
        if (!asOrdinaryUser().equals(AS_NOBODY)) {
            return List.of("setpriv", "--bounding-set=-all,+" + capability, "--inh-caps=-all,+" + capability);
        }
        Stream<String> given =
                Stream.of("--inh-caps=+" + capability, "--ambient-caps=+" + capability, "--no-new-privs");
        return Stream.concat(AS_NOBODY.stream(), given).toList();
    }

    private static boolean mayRunLauncher(List<String> user) {
        List<String> command =
                Stream.concat(user.stream(), Stream.of(launcher(), "--version")).toList();
        try {
            return new ProcessBuilder(command)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    static String launcher() {
        return Path.of(System.getProperty("loopscope.launcher", "../loopscope"))
                .toAbsolutePath()
                .normalize()
                .toString();
    }

    /** Runs it to its end. */
    Ran run(List<String> under, String... arguments) {
        started++;
        List<String> command = Stream.of(under.stream(), Stream.of(launcher()), Stream.of(arguments))
                .flatMap(part -> part)
                .toList();
        ChildProcess child = processes.start(started + "-" + arguments[0], Map.of("LOOPSCOPE_BUILD", "never"), command);
        int code = child.awaitExit(Waits.PROGRAM);
        return new Ran(code, child.output(), child.errors());
    }

    /** What came of it. */
    record Ran(int code, String out, String err) {
        JsonNode json() {
            try {
                return JSON.readTree(out);
            } catch (JsonProcessingException e) {
                throw new AssertionError("no JSON: " + out + err, e);
            }
        }
    }
}
