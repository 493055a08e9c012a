package io.loopscope.processor.app.query;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.loopscope.processor.app.http.Request;
import io.loopscope.processor.streams.StateReader;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The hosts that are watched. */
final class Hosts implements Listing {
    private final StateReader reader;
    private final InstantSource clock;

    Hosts(StateReader reader, InstantSource clock) {
        this.reader = reader;
        this.clock = clock;
    }

    @Override
    public Set<String> filters() {
        return Set.of();
    }

    @Override
    public int defaultLimit() {
        return 1_000;
    }

    @Override
    public int mostLimit() {
        return 20_000;
    }

    @Override
    public void check(Request request) {}

    @Override
    public Part of(int partition, @Nullable String hostId, int limit, Request request, long budgetNanos) {
        Instant instant = clock.instant();
        long now = instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
        List<Part.Item> items = new ArrayList<>();
        reader.hosts(
                partition,
                hostId,
                host -> items.add(new Part.Item(
                        host.hostId() + '\0' + Order.number(host.networkNamespace()),
                        StateJson.host(host, partition, now))));
        return new Part(Set.of(partition), items, items.size(), JsonNodeFactory.instance.objectNode(), null);
    }
}
