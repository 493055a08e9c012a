package io.loopscope.processor.streams;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;

/** The {@link AgentRuns} of a partition's hosts, in front of the store {@code agents}. */
final class AgentBook {
    private final Stores stores;
    private final Map<HostKey, AgentRuns> live = new HashMap<>();

    AgentBook(Stores stores) {
        this.stores = stores;
    }

    AgentRuns of(HostKey host) {
        return live.computeIfAbsent(host, this::restore);
    }

    /** Drops what is on the heap; the store has it. */
    void forget(HostKey host) {
        live.remove(host);
    }

    private AgentRuns restore(HostKey host) {
        byte[] stored = stores.get(Stores.AGENTS).get(Bytes.wrap(host.toBytes()));
        try {
            return stored == null ? new AgentRuns() : AgentRuns.fromBytes(stored);
        } catch (IOException e) {
            throw HostMonitors.unreadable(host, e);
        }
    }
}
