package io.loopscope.processor.app.query;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.loopscope.processor.app.http.Request;
import io.loopscope.processor.streams.StateReader;
import io.loopscope.processor.streams.StateReader.HostConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One connection of a host, by its id or by its sockets, with all that is open about it. */
final class OneConnection implements Listing {
    static final String FORM = "/api/v1/connections/HOST/127.0.0.1:13306-127.0.0.1:59994 (in any order, with NAMESPACE/"
            + " before it where there are several), or /api/v1/connections/HOST/CONNECTION_ID";
    static final String REFERENCE = "reference";

    private final StateReader reader;

    OneConnection(StateReader reader) {
        this.reader = reader;
    }

    @Override
    public Set<String> filters() {
        return Set.of(REFERENCE);
    }

    @Override
    public int defaultLimit() {
        return 2;
    }

    @Override
    public int mostLimit() {
        return 2;
    }

    @Override
    public void check(Request request) {
        reference(request);
    }

    private static Reference reference(Request request) {
        return Reference.of(Objects.requireNonNull(request.text(REFERENCE)));
    }

    @Override
    public Part of(int partition, @Nullable String hostId, int limit, Request request, long budgetNanos) {
        String host = Objects.requireNonNull(hostId);
        List<Part.Item> items = new ArrayList<>();
        for (HostConnection found : find(partition, host, reference(request))) {
            items.add(new Part.Item(found.key().toString(), described(partition, host, found)));
        }
        return new Part(Set.of(partition), items, items.size(), JsonNodeFactory.instance.objectNode(), null);
    }

    private List<HostConnection> find(int partition, String hostId, Reference reference) {
        List<HostConnection> found = new ArrayList<>();
        if (reference instanceof Reference.Id id) {
            reader.connections(partition, hostId, null, one -> {
                if (one.status().view().id().equals(id.id())) {
                    found.add(one);
                }
                return found.isEmpty();
            });
        } else if (reference instanceof Reference.Sockets sockets) {
            Set<Long> namespaces = sockets.networkNamespace() == null
                    ? reader.namespaces(partition, hostId)
                    : Set.of(sockets.networkNamespace());
            for (long namespace : namespaces) {
                reader.connection(partition, sockets.key(hostId, namespace)).ifPresent(found::add);
            }
        }
        return found;
    }

    /** With its anomalies as they were published, in place of their names. */
    private ObjectNode described(int partition, String hostId, HostConnection found) {
        ObjectNode object = StateJson.connection(found);
        if (!found.status().anomalies().isEmpty()) {
            ArrayNode published = object.putArray("published_anomalies");
            reader.anomalies(partition, hostId, event -> {
                if (found.status().view().id().equals(event.getConnectionId())) {
                    published.add(RecordJson.of(event));
                }
            });
        }
        return object;
    }
}
