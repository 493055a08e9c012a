package io.loopscope.processor.app.query;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.loopscope.processor.app.http.Answer;
import io.loopscope.processor.app.http.HttpFailure;
import io.loopscope.processor.app.http.HttpListener;
import io.loopscope.processor.app.http.Request;
import io.loopscope.processor.app.query.Gather.Gathered;
import io.loopscope.processor.app.query.Gather.Missing;
import io.loopscope.processor.streams.Routing;
import io.loopscope.processor.streams.StateReader;
import io.loopscope.processor.streams.UnreadableStateException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.TreeSet;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is below {@code /api/v1}. */
public final class Api {
    /** Where everything is. */
    public static final String ROOT = "/api/v1";

    private static final Logger LOG = LoggerFactory.getLogger(Api.class);
    private static final String HOST = "host";
    private static final String LIMIT = "limit";
    private static final String ONE = ROOT + "/connections/";
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Gather gather;
    private final Routing routing;
    private final OneConnection one;
    private final Connections connections;
    private final Anomalies anomalies;
    private final Censuses census;
    private final Hosts hosts;

    /**
     * Answers from these stores, and from those of others.
     *
     * @param peerTimeout how long another processor may take to answer
     * @param clock tells how far hosts are behind
     */
    public Api(StateReader reader, Routing routing, Duration peerTimeout, InstantSource clock) {
        this.routing = routing;
        gather = new Gather(reader, routing, new Peers(peerTimeout), peerTimeout.dividedBy(2));
        one = new OneConnection(reader);
        connections = new Connections(reader);
        anomalies = new Anomalies(reader);
        census = new Censuses(reader);
        hosts = new Hosts(reader, clock);
    }

    /** Answers from now on. */
    public void serve(HttpListener http) {
        http.route(ROOT, request -> Answer.json(200, index()));
        http.route(ROOT + "/connections", request -> list(connections, request));
        http.route(ROOT + "/anomalies", request -> list(anomalies, request));
        http.route(ROOT + "/census", request -> list(census, request));
        http.route(ROOT + "/hosts", request -> list(hosts, request));
        http.routeBelow(ONE, this::connection);
    }

    /** Until there is something to ask. */
    public static void serveNotYet(HttpListener http) {
        http.route(ROOT, request -> Answer.json(200, index()));
        for (String path : List.of("/connections", "/anomalies", "/census", "/hosts")) {
            http.route(ROOT + path, Api::notYet);
        }
        http.routeBelow(ONE, Api::notYet);
    }

    private static Answer notYet(Request request) {
        throw HttpFailure.unavailable("the processor is being started", "GET /readyz says what it waits for.");
    }

    private Answer list(Listing listing, Request request) {
        TreeSet<String> allowed = new TreeSet<>(listing.filters());
        allowed.add(HOST);
        allowed.add(LIMIT);
        request.allow(allowed);
        int limit = request.number(LIMIT, listing.defaultLimit(), 1, listing.mostLimit());
        listing.check(request);
        return readable(() -> {
            if (request.forwarded()) {
                return Answer.json(200, gather.own(listing, request, limit).toJson());
            }
            return Answer.json(200, document(gather.all(listing, request, limit)));
        });
    }

    private Answer connection(Request request) {
        request.allow(new TreeSet<>());
        List<String> parts = request.partsAfter(ONE);
        if (parts.size() < 2) {
            throw HttpFailure.badRequest("whose connection, and which?", OneConnection.FORM);
        }
        String hostId = parts.get(0);
        String reference = String.join("/", parts.subList(1, parts.size()));
        Request withHost = request.withParameter(HOST, hostId).withParameter(OneConnection.REFERENCE, reference);
        one.check(withHost);
        return readable(() -> {
            if (request.forwarded()) {
                return Answer.json(200, gather.own(one, withHost, 2).toJson());
            }
            return Answer.json(200, single(gather.all(one, withHost, 2), hostId, reference));
        });
    }

    private ObjectNode single(Gathered gathered, String hostId, String reference) {
        List<Part.Item> found = gathered.part().items();
        if (found.isEmpty() && !gathered.missing().isEmpty()) {
            throw HttpFailure.unavailable(gathered.missing().get(0).reason(), Gather.TRY_AGAIN);
        }
        if (found.isEmpty()) {
            throw HttpFailure.notFound(
                    "host " + hostId + " has no connection " + reference + " that is remembered",
                    "GET " + ROOT + "/connections?host=" + hostId + " lists them; " + ROOT + "/hosts the hosts.");
        }
        if (found.size() > 1) {
            throw HttpFailure.badRequest(
                    "host " + hostId + " has several connections " + reference,
                    "Say which with the network namespace before it: "
                            + found.get(0).value().path("key").asText());
        }
        return head(gathered).set("connection", found.get(0).value());
    }

    private ObjectNode document(Gathered gathered) {
        ObjectNode document = head(gathered);
        Part part = gathered.part();
        document.put(
                "truncated",
                part.upTo() != null || part.matching() > part.items().size());
        document.put("next", part.upTo());
        if (part.matching() >= 0) {
            document.put("matching", part.matching());
        }
        if (!part.totals().isEmpty()) {
            document.set("totals", part.totals());
        }
        ArrayNode items = document.putArray("items");
        part.items().forEach(item -> items.add(item.value()));
        return document;
    }

    /** Whether all is there, before what is there. */
    private ObjectNode head(Gathered gathered) {
        ObjectNode head = JSON.objectNode();
        head.put("complete", gathered.missing().isEmpty());
        ArrayNode list = head.putArray("missing");
        for (Missing missing : gathered.missing()) {
            ObjectNode object = list.addObject().put("instance", missing.instance());
            missing.partitions().forEach(object.putArray("partitions")::add);
            object.put("reason", missing.reason());
        }
        head.put("instances", gathered.instances()).put("answered_by", routing.self());
        return head;
    }

    private interface Question {
        Answer answer();
    }

    private static Answer readable(Question question) {
        try {
            return question.answer();
        } catch (UnreadableStateException e) {
            throw HttpFailure.unavailable(
                    String.valueOf(e.getMessage()), "Run the program that wrote it, or a newer one.");
        } catch (IllegalStateException | InvalidStateStoreException e) {
            LOG.debug("No answer", e);
            throw HttpFailure.unavailable("the processor does not run (any more)", "GET /readyz says why.");
        }
    }

    private static ObjectNode index() {
        ObjectNode index = JSON.objectNode();
        index.put(ONE + "{host}/{connection}", "one connection: " + OneConnection.FORM)
                .put(ROOT + "/connections", "connections; host, port, state, after, limit")
                .put(ROOT + "/anomalies", "what is wrong now; host, port, name, severity, limit")
                .put(ROOT + "/census", "how many ends are in which state; host, port, limit")
                .put(ROOT + "/hosts", "hosts, and how the watching of them goes; host, limit")
                .put("/status", "this processor: what was lost, partitions, lag, counters, limits")
                .put("/metrics", "for Prometheus")
                .put("/readyz", "200 when it does its work; else 503 and why not")
                .put("/healthz", "200 while its threads are alive and poll");
        return index;
    }
}
