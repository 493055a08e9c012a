package io.loopscope.agent.doctor;

import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.CaptureLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Whether this process may capture, by opening a capture. */
final class PermissionCheck implements Check {
    private static final String EFFECTIVE = "CapEff:";
    private static final int HEX = 16;
    /** Numbers of {@code include/uapi/linux/capability.h}. */
    private static final int NET_RAW = 13;

    private static final int SYS_PTRACE = 19;
    private static final int SYS_ADMIN = 21;

    private final Path status;

    PermissionCheck(Path status) {
        this.status = status;
    }

    @Override
    public Finding look() {
        try {
            String name = CaptureLibrary.tryToOpen();
            return Finding.ok(
                    Subject.PERMISSION,
                    "may capture, tried on %s%s".formatted(name, capabilities().orElse("")));
        } catch (CaptureException e) {
            return Finding.failed(Subject.PERMISSION, e);
        }
    }

    /** What the process has, and what it will miss; nothing where there are no capabilities. */
    Optional<String> capabilities() {
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith(EFFECTIVE))
                    .map(line -> describe(Long.parseUnsignedLong(
                            line.substring(EFFECTIVE.length()).strip(), HEX)))
                    .findFirst();
        } catch (IOException | NumberFormatException notLinux) {
            return Optional.empty();
        }
    }

    private static String describe(long effective) {
        StringBuilder text = new StringBuilder(has(effective, NET_RAW) ? "; has CAP_NET_RAW" : "");
        if (!has(effective, SYS_PTRACE)) {
            text.append("\nwithout CAP_SYS_PTRACE, names of other users' processes stay unknown");
        }
        if (!has(effective, SYS_ADMIN)) {
            text.append("\nwithout CAP_SYS_ADMIN, other network namespaces cannot be entered");
        }
        return text.toString();
    }

    private static boolean has(long effective, int capability) {
        return ((effective >>> capability) & 1) == 1;
    }
}
