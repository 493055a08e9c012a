package io.loopscope.standalone.broker;

import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The folder in which one machine's pipeline keeps what outlives it. Only one process at a time may have it open; who
 * does not open it may still ask {@link #lastBootstrapServers where its broker listens}.
 */
public final class StateFolder implements AutoCloseable {
    private static final String ADDRESS_FILE = "broker.properties";
    private static final String BOOTSTRAP_SERVERS = "bootstrap.servers";
    private static final String PORT = "port";
    private static final String CONTROLLER_PORT = "controller.port";

    private final Path path;
    private final FileChannel channel;
    private final FileLock lock;

    private StateFolder(Path path, FileChannel channel, FileLock lock) {
        this.path = path;
        this.channel = channel;
        this.lock = lock;
    }

    /** {@code $XDG_STATE_HOME/loopscope}, or {@code ~/.local/state/loopscope}. */
    public static Path standard(Map<String, String> environment) {
        var stateHome = environment.get("XDG_STATE_HOME");
        // The XDG base directory specification says to ignore relative paths.
        return stateHome != null && stateHome.startsWith("/")
                ? Path.of(stateHome, "loopscope")
                : Path.of(System.getProperty("user.home"), ".local", "state", "loopscope");
    }

    /**
     * Makes the folder when it is missing and locks it.
     *
     * @throws OperatingException when another process has it open, or it cannot be written to
     */
    public static StateFolder open(Path path) {
        var file = path.resolve("lock");
        try {
            Files.createDirectories(path);
            var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            var lock = tryLock(channel);
            if (lock == null) {
                channel.close();
                throw inUse(path, Files.readString(file).strip());
            }
            channel.truncate(0);
            channel.write(StandardCharsets.UTF_8.encode(ProcessHandle.current().pid() + "\n"));
            return new StateFolder(path, channel, lock);
        } catch (IOException e) {
            if (DiskSpace.isFull(path)) {
                throw DiskSpace.full(path, e);
            }
            throw new OperatingException(
                    "cannot use the state folder " + path + ": " + e,
                    "Choose another folder with --state DIR.",
                    ExitCode.FAILURE,
                    e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException thisProcess) {
            return null;
        }
    }

    private static OperatingException inUse(Path path, String owner) {
        var who = owner.isEmpty() ? "another process" : "process " + owner;
        return new OperatingException(
                "the state folder " + path + " is in use by " + who + ": is ./loopscope up running already?",
                "Stop that one, or give this one a folder of its own with --state DIR.",
                ExitCode.FAILURE);
    }

    /** The folder itself. */
    public Path path() {
        return path;
    }

    /** The broker's records. */
    public Path broker() {
        return path.resolve("broker");
    }

    /** State of the stream processor, which belongs to one broker's data. */
    public Path streams(String clusterId) {
        return path.resolve("streams").resolve(clusterId);
    }

    /** What is to be said of a broker that could not go on because the disk is full; empty when that is not the reason. */
    public Optional<OperatingException> diskIsFull() {
        return DiskSpace.isFull(path) ? Optional.of(DiskSpace.full(path, null)) : Optional.empty();
    }

    /** What all parts log. */
    public Path log() {
        return path.resolve("loopscope.log");
    }

    /** Where the broker listened the last time, or 0. */
    public int lastPort() {
        return number(PORT);
    }

    /** Where its controller listened the last time, or 0. */
    public int lastControllerPort() {
        return number(CONTROLLER_PORT);
    }

    private int number(String key) {
        try {
            return Integer.parseInt(read(path).getProperty(key, "0"));
        } catch (NumberFormatException e) {
            return 0; // A damaged memory is no reason not to start.
        }
    }

    /** Remembers where the broker listens, for the next start and for {@link #lastBootstrapServers}. */
    public void remember(BrokerAddress address) {
        var properties = new Properties();
        properties.setProperty(BOOTSTRAP_SERVERS, address.bootstrapServers());
        properties.setProperty(PORT, String.valueOf(address.port()));
        properties.setProperty(CONTROLLER_PORT, String.valueOf(address.controllerPort()));
        var file = path.resolve(ADDRESS_FILE);
        var half = path.resolve(ADDRESS_FILE + ".new");
        try {
            try (var out = Files.newBufferedWriter(half)) {
                properties.store(out, "Where the embedded broker listens");
            }
            Files.move(half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            if (DiskSpace.isFull(path)) {
                throw DiskSpace.full(path, e);
            }
            throw new OperatingException("cannot write " + file + ": " + e, "", ExitCode.FAILURE, e);
        }
    }

    /** Where the broker of this folder listens, or listened when it is not running; empty when there was none. */
    public static Optional<String> lastBootstrapServers(Path path) {
        return Optional.ofNullable(read(path).getProperty(BOOTSTRAP_SERVERS));
    }

    private static Properties read(Path path) {
        var properties = new Properties();
        var file = path.resolve(ADDRESS_FILE);
        if (Files.isReadable(file)) {
            try (var in = Files.newBufferedReader(file)) {
                properties.load(in);
            } catch (IOException | IllegalArgumentException e) {
                properties.clear();
            }
        }
        return properties;
    }

    /** Lets the next one in. The folder stays. */
    @Override
    public void close() {
        try {
            lock.release();
            channel.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
