package io.loopscope.agent.sockets;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Owners as Linux shows them in {@code /proc/PID/fd}. */
final class ProcSocketOwners implements SocketOwners {
    private static final String SOCKET = "socket:[";
    private static final String OPEN_FILES_LIMIT = "Max open files";

    /** A socket among the open files of a process. */
    private record OpenSocket(long inode, int fileDescriptor) {}

    private final Path proc;

    /** Looks below {@code proc}, which is {@code /proc}. */
    ProcSocketOwners(Path proc) {
        this.proc = proc;
    }

    @Override
    public Found find(Set<Long> inodes) throws IOException {
        Map<Long, SocketOwner> owners = new HashMap<>();
        int hidden = 0;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                try {
                    look(process, inodes, owners);
                } catch (AccessDeniedException e) {
                    // The links of a process that has just ended are denied, too.
                    hidden += Files.exists(process) ? 1 : 0;
                } catch (IOException | DirectoryIteratorException e) {
                    // It has ended meanwhile, in one of the ways in which files of /proc end.
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return new Found(owners, hidden);
    }

    @Override
    public SocketOwner refresh(SocketOwner owner) {
        Path process = proc.resolve(Integer.toString(owner.pid()));
        try (Stream<Path> files = Files.list(process.resolve("fd"))) {
            return new SocketOwner(
                    owner.pid(), command(process), owner.fileDescriptor(), files.count(), openFilesLimit(process));
        } catch (IOException | UncheckedIOException e) { // It has ended, and its sockets will be gone at the next poll.
            return owner;
        }
    }

    private static void look(Path process, Set<Long> inodes, Map<Long, SocketOwner> owners) throws IOException {
        List<OpenSocket> mine = new ArrayList<>();
        long openFiles = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                openFiles++;
                long inode = socketInode(file);
                if (inode != 0 && inodes.contains(inode)) {
                    mine.add(new OpenSocket(inode, Integer.parseInt(name(file))));
                }
            }
        }
        if (mine.isEmpty()) {
            return;
        }
        int pid = Integer.parseInt(name(process));
        String name = command(process);
        long limit = openFilesLimit(process);
        for (OpenSocket socket : mine) {
            SocketOwner owner = new SocketOwner(pid, name, socket.fileDescriptor(), openFiles, limit);
            owners.merge(socket.inode(), owner, (a, b) -> a.pid() <= b.pid() ? a : b);
        }
    }

    /** 0 when it is no socket, or has been closed meanwhile. */
    private static long socketInode(Path file) throws IOException {
        try {
            String target = Files.readSymbolicLink(file).toString();
            return target.startsWith(SOCKET)
                    ? Long.parseLong(target.substring(SOCKET.length(), target.length() - 1))
                    : 0;
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    private static String command(Path process) {
        try {
            return Files.readString(process.resolve("comm")).strip();
        } catch (IOException e) { // It has ended, or its name is no text.
            return "";
        }
    }

    private static long openFilesLimit(Path process) {
        try {
            return Files.readAllLines(process.resolve("limits")).stream()
                    .filter(line -> line.startsWith(OPEN_FILES_LIMIT))
                    .map(line ->
                            line.substring(OPEN_FILES_LIMIT.length()).strip().split("\\s+")[0])
                    .filter(limit -> !limit.equals("unlimited"))
                    .mapToLong(Long::parseLong)
                    .findFirst()
                    .orElse(SocketEntry.UNKNOWN);
        } catch (IOException | NumberFormatException e) { // It has ended, or may not be read.
            return SocketEntry.UNKNOWN;
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}
