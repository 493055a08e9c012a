package io.loopscope.standalone.broker;

import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Room on the disk of a folder. */
final class DiskSpace {
    /** With less than this a broker's next write may fail: a batch of records is up to 1 MiB. */
    private static final long LITTLE_OCTETS = 2 << 20;

    private DiskSpace() {}

    /** Whether so little is left that a failure is sure to be for that; false where it cannot be known. */
    static boolean isFull(Path folder) {
        try {
            return Files.getFileStore(existing(folder)).getUsableSpace() < LITTLE_OCTETS;
        } catch (IOException e) {
            return false;
        }
    }

    private static Path existing(Path folder) {
        Path at = folder.toAbsolutePath();
        while (!Files.exists(at) && at.getParent() != null) {
            at = at.getParent();
        }
        return at;
    }

    /** What a person has to know. */
    static OperatingException full(Path folder, @Nullable Throwable cause) {
        return new OperatingException(
                "the disk of " + folder + " is full",
                "Make room there, or choose another folder with --state DIR, and start again: it goes on from what is"
                        + " there.",
                ExitCode.IO_ERROR,
                cause);
    }
}
