package io.loopscope.agent.sockets;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * The processes of the pipeline on this host: this one, those that are named by number, and those with one of some
 * words on their command line, such as the main class of the processor. Without the processor, every batch that it
 * fetches from a broker on this host would be captured and published in turn.
 */
final class PipelineProcesses {
    private final Path proc;
    private final Set<Long> always;
    private final Set<String> words;

    PipelineProcesses(Path proc, Set<Long> pids, Set<String> words) {
        this.proc = proc;
        this.words = Set.copyOf(words);
        always = new HashSet<>(pids);
        always.add(ProcessHandle.current().pid());
    }

    /** Looks through all processes. Nothing is remembered: a process keeps its number when it becomes another program. */
    Set<Long> find() {
        Set<Long> pids = new HashSet<>(always);
        if (words.isEmpty()) {
            return pids;
        }
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (matches(process)) {
                    pids.add(Long.parseLong(process.getFileName().toString()));
                }
            }
        } catch (IOException e) { // No /proc: then there is no socket table either, which is told elsewhere.
            return pids;
        }
        return pids;
    }

    private boolean matches(Path process) {
        try {
            String line = new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8);
            return Arrays.stream(line.split("\0")).anyMatch(words::contains);
        } catch (IOException e) { // It has ended.
            return false;
        }
    }
}
