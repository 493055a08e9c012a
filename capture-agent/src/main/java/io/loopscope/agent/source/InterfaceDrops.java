package io.loopscope.agent.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Packets that an interface itself has lost since a capture began, as libpcap counts them: the ones it had no room for.
 * The kernel shows the counters of this process's network namespace only.
 */
final class InterfaceDrops {
    private static final Path INTERFACES = Path.of("/sys/class/net");
    private static final Path OWN_NAMESPACE = Path.of("/proc/self/ns/net");
    private static final Path NAMESPACE_OF_THREAD = Path.of("/proc/thread-self/ns/net");

    private final Path folder;
    private final long before;

    private InterfaceDrops(Path folder) {
        this.folder = folder;
        before = counter();
    }

    /** From now on, for an interface in the namespace of this thread; empty where nothing is known of it. */
    static Optional<InterfaceDrops> of(String interfaceName) {
        try {
            return Files.readSymbolicLink(NAMESPACE_OF_THREAD).equals(Files.readSymbolicLink(OWN_NAMESPACE))
                    ? Optional.of(in(INTERFACES, interfaceName))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** From now on, with the counters in a folder. */
    static InterfaceDrops in(Path interfaces, String interfaceName) {
        return new InterfaceDrops(interfaces.resolve(interfaceName).resolve("statistics"));
    }

    /** How many so far. */
    long count() {
        return Math.max(0, counter() - before);
    }

    private long counter() {
        return read("rx_missed_errors") + read("rx_fifo_errors");
    }

    private long read(String counter) {
        try {
            return Long.parseLong(Files.readString(folder.resolve(counter)).strip());
        } catch (IOException | NumberFormatException e) { // The interface is gone, or its driver does not count.
            return 0;
        }
    }
}
