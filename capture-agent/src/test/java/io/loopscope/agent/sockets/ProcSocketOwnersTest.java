package io.loopscope.agent.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A /proc of files and links. */
class ProcSocketOwnersTest {
    private static final String LIMITS = """
            Limit                     Soft Limit           Hard Limit           Units
            Max cpu time              unlimited            unlimited            seconds
            Max open files            1024                 524288               files
            """;

    @TempDir
    private Path proc;

    @Test
    void ownersOfTheWantedSocketsAreFound() throws IOException {
        process(10, "mariadbd\n", LIMITS, "/dev/null", "socket:[11]", "socket:[12]");
        process(20, "other\n", LIMITS, "socket:[21]");
        assertThat(find(12L, 99L).byInode())
                .containsOnly(java.util.Map.entry(12L, new SocketOwner(10, "mariadbd", 2, 3, 1024)));
    }

    @Test
    void ofSeveralThatShareASocketTheFirstIsTheOwner() throws IOException {
        process(30, "worker\n", LIMITS, "socket:[11]");
        process(10, "main\n", LIMITS, "/dev/null", "socket:[11]");
        assertThat(find(11L).byInode().get(11L).pid()).isEqualTo(10);
    }

    @Test
    void aProcessWithoutLimitHasNone() throws IOException {
        process(10, "x\n", LIMITS.replace("1024  ", "unlimited"), "socket:[11]");
        assertThat(find(11L).byInode().get(11L).openFilesLimit()).isEqualTo(SocketEntry.UNKNOWN);
    }

    @Test
    void aProcessThatEndsMeanwhileIsNoFailure() throws IOException {
        Files.createDirectories(proc.resolve("10"));
        process(20, "x\n", LIMITS, "socket:[11]");
        assertThat(find(11L).byInode()).containsOnlyKeys(11L);
    }

    private SocketOwners.Found find(Long... inodes) throws IOException {
        return new ProcSocketOwners(proc).find(Set.of(inodes));
    }

    private void process(int pid, String command, String limits, String... files) throws IOException {
        Path folder =
                Files.createDirectories(proc.resolve(Integer.toString(pid)).resolve("fd"));
        Files.writeString(folder.resolveSibling("comm"), command);
        Files.writeString(folder.resolveSibling("limits"), limits);
        for (int i = 0; i < files.length; i++) {
            Files.createSymbolicLink(folder.resolve(Integer.toString(i)), Path.of(files[i]));
        }
    }
}
