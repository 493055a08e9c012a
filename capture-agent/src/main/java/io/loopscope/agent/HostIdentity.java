package io.loopscope.agent;

import io.loopscope.agent.publish.Identity;
import io.loopscope.agent.sockets.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds out whose records an agent makes. */
public final class HostIdentity {
    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private HostIdentity() {}

    /**
     * This host and the namespace this process is in.
     *
     * @param hostId empty for the host's name
     * @param epochNs when the agent began, nanoseconds since 1970-01-01T00:00:00Z
     */
    public static Identity ofThisHost(String hostId, long epochNs) {
        return ofThisHost(hostId, epochNs, NetworkNamespace.own().inode());
    }

    /** The same for any of its namespaces. */
    static Identity ofThisHost(String hostId, long epochNs, long networkNamespace) {
        return new Identity(hostId.isEmpty() ? hostName() : hostId, read(BOOT_ID), epochNs, networkNamespace);
    }

    /**
     * A host of its own for each file: in the place of the host it runs on, the file's old times and another epoch would
     * confuse the records of the agent that captures there.
     */
    static Identity ofFile(String hostId, Path file, long epochNs) {
        Path name = file.getFileName();
        return new Identity(hostId.isEmpty() ? "replay:" + (name == null ? file : name) : hostId, "", epochNs, 0);
    }

    private static String hostName() {
        String name = read(HOST_NAME);
        if (!name.isEmpty()) {
            return name;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) { // Not Linux.
            return "";
        }
    }
}
