package io.loopscope.agent.sockets;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Which sockets of this host belong to some processes: to those of the pipeline, or to programs that settings name. */
public interface OwnSockets {

    /**
     * The sockets at one moment.
     *
     * @param inodes of the sockets, as {@link SocketTable} has them
     * @param unreadable what could not be looked at, a short sentence each
     */
    record Inodes(Set<Long> inodes, List<String> unreadable) {
        private static final long SELF = ProcessHandle.current().pid();

        /** Whether a socket of the table is one of them; where sockets have no inode, whether it is of this process. */
        boolean has(SocketEntry socket) {
            return inodes.contains(socket.inode()) || socket.pid() == SELF;
        }
    }

    /** Finds out anew which processes they are. Costs some milliseconds on a host with many processes. */
    void findProcesses();

    /** Their numbers, as {@link #findProcesses} has found them last. */
    default Set<Long> processes() {
        return Set.of();
    }

    /** The sockets of those processes now. For any thread. */
    Inodes read();

    /**
     * The sockets of this process and of others on this host, as {@code /proc} shows them.
     *
     * @param pids further processes, such as those of a broker that belongs to the pipeline
     * @param words a process with one of these on its command line belongs too, for example the processor's main class
     */
    static OwnSockets ofProcesses(Set<Long> pids, Set<String> words) {
        Path proc = Path.of("/proc");
        return new ProcessSockets(proc, new PipelineProcesses(proc, pids, words));
    }

    /**
     * The sockets of programs.
     *
     * @param names each the name of a program, or a word of its command line
     */
    static OwnSockets ofPrograms(Set<String> names) {
        Path proc = Path.of("/proc");
        return new ProcessSockets(
                proc, () -> CommandLine.findAll(proc, line -> line.hasWord(names) || line.hasName(names)));
    }
}
