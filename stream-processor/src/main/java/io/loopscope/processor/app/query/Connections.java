package io.loopscope.processor.app.query;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.loopscope.processor.app.http.HttpFailure;
import io.loopscope.processor.app.http.Request;
import io.loopscope.processor.detect.ConnectionView;
import io.loopscope.processor.streams.StateReader;
import io.loopscope.processor.streams.StateReader.HostConnection;
import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.TcpState;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Connections in the order of their keys' octets: by host, namespace, addresses. There may be millions, so a list is
 * bounded in number and in time, and says where to go on.
 */
final class Connections implements Listing {
    private static final String AFTER = "after";

    private final StateReader reader;

    Connections(StateReader reader) {
        this.reader = reader;
    }

    @Override
    public Set<String> filters() {
        return Set.of(Filters.PORT, Filters.STATE, AFTER);
    }

    @Override
    public int defaultLimit() {
        return 100;
    }

    @Override
    public int mostLimit() {
        return 2_000;
    }

    @Override
    public void check(Request request) {
        Filters.port(request);
        Filters.state(request);
        after(request);
    }

    private static byte @Nullable [] after(Request request) {
        String text = request.text(AFTER);
        try {
            return text == null ? null : HexFormat.of().parseHex(text);
        } catch (IllegalArgumentException e) {
            throw HttpFailure.badRequest("after is '" + text + "'", "Give it what 'next' of the list before said.");
        }
    }

    @Override
    public Part of(int partition, @Nullable String hostId, int limit, Request request, long budgetNanos) {
        Walk walk = new Walk(request, limit, System.nanoTime() + budgetNanos);
        reader.connections(partition, hostId, after(request), walk);
        return new Part(Set.of(partition), walk.found, -1, JsonNodeFactory.instance.objectNode(), walk.upTo);
    }

    /** Goes through a partition until there is enough, or no more time. */
    private static final class Walk implements StateReader.Walker {
        private final int port;
        private final @Nullable TcpState state;
        private final int limit;
        private final long deadlineNanos;
        private final List<Part.Item> found = new ArrayList<>();
        private @Nullable String upTo;

        Walk(Request request, int limit, long deadlineNanos) {
            port = Filters.port(request);
            state = Filters.state(request);
            this.limit = limit;
            this.deadlineNanos = deadlineNanos;
        }

        @Override
        public boolean next(HostConnection connection) {
            boolean late = System.nanoTime() - deadlineNanos > 0;
            boolean matches = matches(connection.status().view());
            if (matches || late) {
                String order = HexFormat.of().formatHex(connection.key().toBytes());
                if (matches) {
                    found.add(new Part.Item(order, StateJson.connection(connection)));
                }
                // One more than asked for: the one who merges sees that there are more.
                if (late || found.size() > limit) {
                    upTo = order;
                    return false;
                }
            }
            return true;
        }

        private boolean matches(ConnectionView view) {
            return (port < 0 || view.port(Role.SERVER) == port)
                    && (state == null || view.clientState() == state || view.serverState() == state);
        }
    }
}
