package io.loopscope.agent.sockets;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The sockets among the open files of processes, as Linux shows them in {@code /proc/PID/fd}. */
final class ProcessSockets implements OwnSockets {
    private static final String SOCKET = "socket:[";

    private final Path proc;
    private final ProcessFinder processes;
    /** Found by the publishing thread, used by the polling one too. */
    private volatile Set<Long> pids;

    /** Looks below {@code proc}, which is {@code /proc}. */
    ProcessSockets(Path proc, ProcessFinder processes) {
        this.proc = proc;
        this.processes = processes;
        pids = processes.find();
    }

    @Override
    public void findProcesses() {
        pids = processes.find();
    }

    @Override
    public Set<Long> processes() {
        return pids;
    }

    @Override
    public Inodes read() {
        Set<Long> inodes = new HashSet<>();
        List<String> unreadable = new ArrayList<>();
        for (long pid : pids) {
            try {
                addInodes(pid, inodes);
            } catch (NoSuchFileException e) {
                // It has ended, and its sockets with it.
            } catch (IOException e) {
                unreadable.add("the sockets of process " + pid + " cannot be read: " + e);
            }
        }
        return new Inodes(inodes, unreadable);
    }

    private void addInodes(long pid, Set<Long> inodes) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(proc.resolve(pid + "/fd"))) {
            for (Path file : files) {
                String target = target(file);
                if (target.startsWith(SOCKET)) {
                    inodes.add(Long.parseLong(target.substring(SOCKET.length(), target.length() - 1)));
                }
            }
        }
    }

    /** Where the link points; empty when the file has been closed meanwhile. */
    private static String target(Path file) throws IOException {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (NoSuchFileException e) {
            return "";
        }
    }
}
