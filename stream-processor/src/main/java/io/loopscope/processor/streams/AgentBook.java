package io.loopscope.processor.streams;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;

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

    static void collect(Arrival arrival, Effects effects) {
        arrival.changed()
                .forEach(run -> effects.write(Stores.AGENTS, AgentRunCodec.key(run.key()), AgentRunCodec.value(run)));
        arrival.forgotten().forEach(key -> effects.write(Stores.AGENTS, AgentRunCodec.key(key), null));
    }

    private AgentRuns restore(HostKey host) {
        List<AgentRun> runs = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> stored = stores.of(host, Stores.AGENTS)) {
            while (stored.hasNext()) {
                KeyValue<Bytes, byte[]> entry = stored.next();
                runs.add(AgentRunCodec.run(entry.key.get(), entry.value));
            }
        } catch (IOException e) {
            throw HostMonitors.unreadable(host, e);
        }
        return new AgentRuns(runs);
    }
}
