package io.loopscope.agent.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A /proc of files and links. */
class ProcessSocketsTest {
    private static final long SELF = ProcessHandle.current().pid();

    @TempDir
    private Path proc;

    @Test
    void socketsOfThisProcessAndOfThoseNamed() throws IOException {
        process(SELF, "java\0agent\0", "socket:[11]", "/dev/null", "socket:[12]", "pipe:[13]");
        process(SELF + 1, "broker\0", "socket:[21]");
        process(SELF + 2, "other\0", "socket:[31]");
        assertThat(sockets(Set.of(SELF + 1), Set.of()).read().inodes()).containsExactlyInAnyOrder(11L, 12L, 21L);
    }

    @Test
    void aProcessIsFoundByAWholeWordOfItsCommandLine() throws IOException {
        process(SELF, "java\0");
        process(SELF + 1, "java\0-cp\0x\0org.example.Main\0--verbose\0", "socket:[21]");
        process(SELF + 2, "grep\0org.example.Main2\0", "socket:[31]");
        process(SELF + 3, "vi\0not org.example.Main\0", "socket:[41]");
        assertThat(sockets(Set.of(), Set.of("org.example.Main")).read().inodes())
                .containsExactly(21L);
    }

    @Test
    void aProcessThatBecomesAnotherProgramIsFoundAnew() throws IOException {
        process(SELF, "java\0");
        process(SELF + 1, "sh\0launcher\0", "socket:[21]");
        ProcessSockets sockets = sockets(Set.of(), Set.of("org.example.Main"));
        assertThat(sockets.read().inodes()).isEmpty();
        Files.writeString(proc.resolve((SELF + 1) + "/cmdline"), "java\0org.example.Main\0");
        sockets.findProcesses();
        assertThat(sockets.read().inodes()).containsExactly(21L);
    }

    @Test
    void aProcessThatHasEndedHasNone() throws IOException {
        process(SELF, "java\0", "socket:[11]");
        OwnSockets.Inodes read = sockets(Set.of(SELF + 9), Set.of()).read();
        assertThat(read.inodes()).containsExactly(11L);
        assertThat(read.unreadable()).isEmpty();
    }

    @Test
    void whatCannotBeReadIsSaid() throws IOException {
        process(SELF, "java\0", "socket:[11]");
        Files.createDirectories(proc.resolve(Long.toString(SELF + 1)));
        Files.writeString(proc.resolve((SELF + 1) + "/fd"), "no folder");
        OwnSockets.Inodes read = sockets(Set.of(SELF + 1), Set.of()).read();
        assertThat(read.inodes()).containsExactly(11L);
        assertThat(read.unreadable()).singleElement().asString().contains("process " + (SELF + 1));
    }

    private ProcessSockets sockets(Set<Long> pids, Set<String> words) {
        return new ProcessSockets(proc, new PipelineProcesses(proc, pids, words));
    }

    private void process(long pid, String commandLine, String... files) throws IOException {
        Path folder = Files.createDirectories(proc.resolve(Long.toString(pid)).resolve("fd"));
        Files.writeString(folder.resolveSibling("cmdline"), commandLine);
        for (int i = 0; i < files.length; i++) {
            Files.createSymbolicLink(folder.resolve(Integer.toString(i)), Path.of(files[i]));
        }
    }
}
