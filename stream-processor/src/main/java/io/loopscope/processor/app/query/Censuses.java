package io.loopscope.processor.app.query;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.loopscope.processor.app.http.Request;
import io.loopscope.processor.streams.StateReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How many ends of each listener's connections are in which state, as last published. */
final class Censuses implements Listing {
    private final StateReader reader;

    Censuses(StateReader reader) {
        this.reader = reader;
    }

    @Override
    public Set<String> filters() {
        return Set.of(Filters.PORT);
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
    public void check(Request request) {
        Filters.port(request);
    }

    @Override
    public Part of(int partition, @Nullable String hostId, int limit, Request request, long budgetNanos) {
        int port = Filters.port(request);
        List<Part.Item> items = new ArrayList<>();
        ObjectNode totals = JsonNodeFactory.instance.objectNode();
        reader.listeners(partition, hostId, one -> {
            var listener = one.status().listener();
            if (port < 0 || listener.port() == port) {
                ObjectNode counts = StateJson.listener(one);
                for (var source : StateJson.SOURCES) {
                    String name = StateJson.lower(source);
                    ObjectNode sums = totals.has(name) ? (ObjectNode) totals.get(name) : totals.putObject(name);
                    Part.add(sums, counts.get(name));
                }
                String order = one.hostId()
                        + '\0'
                        + Order.number(listener.networkNamespace())
                        + Order.number(listener.port())
                        + listener.address();
                items.add(new Part.Item(order, counts));
            }
        });
        return new Part(Set.of(partition), items, items.size(), totals, null);
    }
}
