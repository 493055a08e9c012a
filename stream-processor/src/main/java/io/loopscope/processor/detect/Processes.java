package io.loopscope.processor.detect;

import io.loopscope.processor.sockets.KernelEnd;
import io.loopscope.processor.sockets.Owner;
import io.loopscope.processor.sockets.SocketFacts;
import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.Side;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who holds a socket, as far as the socket table says, and what else it says for people. */
final class Processes {

    private Processes() {}

    /** {@code mariadbd[1234]}; null when unknown. */
    static @Nullable String text(@Nullable Owner owner) {
        return owner == null ? null : owner.text();
    }

    static @Nullable String text(Tracked tracked, Side side) {
        return text(owner(tracked, side));
    }

    /** The owner of an end; of a server's end whose own is not known the process that listens. */
    static @Nullable Owner owner(Tracked tracked, Side side) {
        SocketFacts facts = tracked.facts(side);
        if (facts != null && facts.owner() != null) {
            return facts.owner();
        }
        ListenerMonitor listener = tracked.listener;
        return tracked.role(side) == Role.SERVER && listener != null ? listener.process() : null;
    }

    /** For the end of a sentence: the process, or the application. */
    static String who(Tracked tracked, Side side) {
        String process = text(tracked, side);
        return process == null ? "the application" : process;
    }

    /** What the table says about an end. */
    static void attributes(Tracked tracked, Side side, Map<String, String> attributes) {
        KernelEnd end = tracked.kernelEnd(side);
        SocketFacts facts = end == null ? null : end.facts();
        if (facts == null) {
            return;
        }
        attributes.put("kernel_state", facts.state().name());
        attributes.put("unread_octets", Long.toString(facts.receiveQueue()));
        attributes.put("unsent_octets", Long.toString(facts.sendQueue()));
        if (facts.inode() != 0) {
            attributes.put("inode", Long.toString(facts.inode()));
        }
        attributes(facts.owner(), attributes);
    }

    static void attributes(@Nullable Owner owner, Map<String, String> attributes) {
        if (owner == null) {
            return;
        }
        attributes.put("pid", Integer.toString(owner.pid()));
        put(attributes, "fd", owner.fileDescriptor());
        put(attributes, "open_files", owner.openFiles());
        put(attributes, "open_files_limit", owner.openFilesLimit());
    }

    private static void put(Map<String, String> attributes, String name, @Nullable Number value) {
        if (value != null) {
            attributes.put(name, value.toString());
        }
    }
}
