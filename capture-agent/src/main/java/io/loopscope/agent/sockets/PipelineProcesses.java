package io.loopscope.agent.sockets;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * The processes of the pipeline on this host: this one, those that are named by number, and those with one of some
 * words on their command line, such as the main class of the processor. Without the processor, every batch that it
 * fetches from a broker on this host would be captured and published in turn.
 */
final class PipelineProcesses implements ProcessFinder {
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
    @Override
    public Set<Long> find() {
        Set<Long> pids = new HashSet<>(always);
        if (!words.isEmpty()) {
            pids.addAll(CommandLine.findAll(proc, line -> line.hasWord(words)));
        }
        return pids;
    }
}
