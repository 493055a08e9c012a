package io.loopscope.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.settings.ExitCode;
import io.loopscope.systemtests.harness.ChildProcess;
import io.loopscope.systemtests.harness.LoopbackPair;
import io.loopscope.systemtests.harness.Needs;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.SmallDisk;
import io.loopscope.systemtests.harness.Waits;
import java.io.IOException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The disk that {@code up} keeps everything on becomes full: it says so, and goes on once there is room again. */
class DiskFullIT {
    private static final int MEBIBYTES = 96;
    private static final Pattern RUNNING = Pattern.compile("Ctrl-C");

    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    private static SmallDisk disk;

    @BeforeAll
    static void mount() {
        Needs.root();
        disk = PROCESSES.closing(SmallDisk.mount(PROCESSES.folder().resolve("disk"), MEBIBYTES));
    }

    @Test
    void aFullDiskIsNamedAndWithRoomItGoesOn() throws IOException {
        ChildProcess first = up("up-fills");
        first.awaitOutput(RUNNING, Waits.PROGRAM);
        disk.fill();

        assertThat(first.awaitExit(Waits.PROGRAM)).as(first.errors()).isEqualTo(ExitCode.IO_ERROR);
        assertSaysThatTheDiskIsFull(first);

        ChildProcess second = up("up-full");
        assertThat(second.awaitExit(Waits.PROGRAM)).as(second.errors()).isEqualTo(ExitCode.IO_ERROR);
        assertSaysThatTheDiskIsFull(second);

        disk.makeRoom();
        ChildProcess third = up("up-again");
        third.awaitOutput(RUNNING, Waits.PROGRAM);
        try (LoopbackPair pair = LoopbackPair.open()) {
            pair.client().shutdownOutput();
            third.awaitOutput(
                    Pattern.compile("OPENED CLOSE_WAIT_STUCK.*\\R(.*\\R)?\\s+client 127\\.0\\.0\\.1:"
                            + pair.client().getLocalPort() + "\\b"),
                    Waits.PROGRAM);
        }
        assertThat(third.terminate()).isEqualTo(ExitCode.OK);
    }

    private static void assertSaysThatTheDiskIsFull(ChildProcess up) {
        assertThat(up.errors())
                .contains("the disk of " + disk.folder())
                .contains(" is full")
                .contains("Make room there, or choose another folder with --state DIR, and start again");
    }

    private static ChildProcess up(String name) {
        return PROCESSES.startLoopscope(
                name, "up", "--state", disk.folder().resolve("state").toString(), "--threshold", "CLOSE_WAIT_STUCK=2s");
    }
}
