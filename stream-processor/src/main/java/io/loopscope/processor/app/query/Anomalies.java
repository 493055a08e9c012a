package io.loopscope.processor.app.query;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.loopscope.processor.app.http.HttpFailure;
import io.loopscope.processor.app.http.Request;
import io.loopscope.processor.detect.AnomalyName;
import io.loopscope.processor.detect.Severity;
import io.loopscope.processor.streams.StateReader;
import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.SocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong now, as it was last published: the worst first, of those the oldest. */
final class Anomalies implements Listing {
    private static final String NAME = "name";
    private static final String SEVERITY = "severity";
    private static final List<String> SEVERITIES = Arrays.stream(Severity.values())
            .map(severity -> severity.name().toLowerCase(Locale.ROOT))
            .toList();

    private final StateReader reader;

    Anomalies(StateReader reader) {
        this.reader = reader;
    }

    @Override
    public Set<String> filters() {
        return Set.of(Filters.PORT, NAME, SEVERITY);
    }

    @Override
    public int defaultLimit() {
        return 500;
    }

    @Override
    public int mostLimit() {
        return 5_000;
    }

    @Override
    public void check(Request request) {
        Filters.port(request);
        String name = request.text(NAME);
        if (name != null
                && Arrays.stream(AnomalyName.values())
                        .noneMatch(known -> known.name().equals(name))) {
            throw HttpFailure.badRequest(
                    "no anomaly has the name '" + name + "'",
                    "There are: " + Arrays.toString(AnomalyName.values()) + ".");
        }
        String severity = request.text(SEVERITY);
        if (severity != null && !SEVERITIES.contains(severity)) {
            throw HttpFailure.badRequest(
                    "no severity is called '" + severity + "'", "There are: " + String.join(", ", SEVERITIES) + ".");
        }
    }

    @Override
    public Part of(int partition, @Nullable String hostId, int limit, Request request, long budgetNanos) {
        List<Part.Item> items = new ArrayList<>();
        reader.anomalies(partition, hostId, event -> {
            if (matches(event, request)) {
                items.add(new Part.Item(order(event), RecordJson.of(event)));
            }
        });
        return new Part(Set.of(partition), items, items.size(), JsonNodeFactory.instance.objectNode(), null);
    }

    private static boolean matches(AnomalyEvent event, Request request) {
        int port = Filters.port(request);
        SocketAddress server = event.getServer();
        String name = request.text(NAME);
        String severity = request.text(SEVERITY);
        return (port < 0 || (server != null && server.getPort() == port))
                && (name == null || event.getName().equals(name))
                && (severity == null || StateJson.lower(event.getSeverity()).equals(severity));
    }

    private static String order(AnomalyEvent event) {
        int rank = SEVERITIES.size() - SEVERITIES.indexOf(StateJson.lower(event.getSeverity()));
        return rank + Order.number(event.getSinceNs()) + event.getAnomalyId();
    }
}
