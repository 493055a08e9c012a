package io.loopscope.agent.sockets;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * A network namespace of this host. A socket belongs for ever to the namespace of the thread that has opened it; so what
 * has to be opened there is opened by a thread that enters, opens and ends, and everybody else stays where they are.
 */
public final class NetworkNamespace {
    private static final Path PROC = Path.of("/proc");
    private static final Path NAMES = Path.of("/run/netns");
    private static final String OF_PROCESS = "ns/net";
    private static final int CLONE_NEWNET = 0x40000000;
    private static final int O_RDONLY_CLOEXEC = 0x80000;
    private static final int EPERM = 1;

    /** Null for the namespace that this process is in. */
    private final @Nullable Path file;

    private final String name;
    private final long inode;

    private NetworkNamespace(@Nullable Path file, String name, long inode) {
        this.file = file;
        this.name = name;
        this.inode = inode;
    }

    /** The one this process is in; needs no permission. */
    public static NetworkNamespace own() {
        return new NetworkNamespace(null, "own", ownInode());
    }

    /**
     * Another one.
     *
     * @param nameOrPid a name as {@code ip netns} lists them, or a process that is in it
     * @throws IOException if there is none
     */
    public static NetworkNamespace of(String nameOrPid) throws IOException {
        Path named = NAMES.resolve(nameOrPid);
        boolean isPid = nameOrPid.matches("[0-9]+") && !Files.exists(named);
        return at(isPid ? PROC.resolve(nameOrPid).resolve(OF_PROCESS) : named, nameOrPid);
    }

    /** Every one that has a name or a process that this process may look at, its own first. */
    public static Collection<NetworkNamespace> all() {
        Map<Long, NetworkNamespace> found = new LinkedHashMap<>();
        NetworkNamespace own = own();
        found.put(own.inode, own);
        for (Path file : list(NAMES, "*")) {
            add(file, String.valueOf(file.getFileName()), found);
        }
        for (Path process : list(PROC, "[0-9]*")) {
            add(process.resolve(OF_PROCESS), String.valueOf(process.getFileName()), found);
        }
        return found.values();
    }

    private static void add(Path file, String name, Map<Long, NetworkNamespace> found) {
        try {
            NetworkNamespace namespace = at(file, name);
            found.putIfAbsent(namespace.inode, namespace);
        } catch (IOException e) {
            // The process has ended, or is not ours to look at.
        }
    }

    private static List<Path> list(Path folder, String pattern) {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, pattern)) {
            all.forEach(files::add);
        } catch (IOException | DirectoryIteratorException e) { // Nobody has used ip netns here.
            return files;
        }
        return files;
    }

    private static NetworkNamespace at(Path file, String name) throws IOException {
        long inode = inode(file);
        return inode == ownInode() ? own() : new NetworkNamespace(file, name, inode);
    }

    private static long inode(Path file) throws IOException {
        return Files.getAttribute(file, "unix:ino") instanceof Number inode ? inode.longValue() : 0;
    }

    private static long ownInode() {
        try {
            return inode(PROC.resolve("self").resolve(OF_PROCESS));
        } catch (IOException | UnsupportedOperationException e) { // Not Linux.
            return 0;
        }
    }

    /** Name or process number. */
    public String name() {
        return name;
    }

    /** Identifies it while it exists, as {@code /proc/PID/ns/net} shows it; 0 where there are none. */
    public long inode() {
        return inode;
    }

    /** Whether this process is in it. */
    public boolean isOwn() {
        return file == null;
    }

    /**
     * Does something by a thread that is in the namespace.
     *
     * @throws AccessDeniedException if this process may not enter it
     * @throws IOException if it cannot be entered, for one because it is gone
     * @throws Exception what the action throws
     */
    public <T> T call(Callable<T> action) throws Exception {
        if (file == null) {
            return action.call();
        }
        FutureTask<T> task = new FutureTask<>(() -> {
            enter(file);
            return action.call();
        });
        new Thread(task, "netns-" + name).start();
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception exception) {
                throw exception;
            }
            throw e;
        }
    }

    /** The same for an action that reads: whatever goes wrong is told as an {@link IOException}. */
    <T> T read(Callable<T> action) throws IOException {
        try {
            return call(action);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (Exception e) { // None that an action of this package throws.
            throw new IOException(e);
        }
    }

    /** For the calling thread, which does not come back. */
    private void enter(Path into) throws IOException {
        try {
            int descriptor = LibC.open(into.toString(), O_RDONLY_CLOEXEC);
            try {
                LibC.setns(descriptor, CLONE_NEWNET);
            } finally {
                LibC.close(descriptor);
            }
        } catch (LastErrorException e) {
            if (e.getErrorCode() == EPERM) {
                throw new AccessDeniedException(
                        into.toString(), null, "entering a network namespace needs CAP_SYS_ADMIN");
            }
            throw new IOException(this + " cannot be entered: " + e.getMessage(), e);
        }
        if (inode(PROC.resolve("thread-self").resolve(OF_PROCESS)) != inode) {
            throw new IOException(this + " is gone, and another one has its name");
        }
    }

    @Override
    public String toString() {
        return "network namespace " + name + " (net:[" + inode + "])";
    }

    /** The C library's functions. */
    private static final class LibC {
        static {
            Native.register(LibC.class, "c");
        }

        private LibC() {}

        static native int open(String path, int flags) throws LastErrorException;

        static native int setns(int descriptor, int type) throws LastErrorException;

        static native int close(int descriptor);
    }
}
