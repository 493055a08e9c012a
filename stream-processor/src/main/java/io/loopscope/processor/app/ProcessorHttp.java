package io.loopscope.processor.app;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.loopscope.processor.app.http.Answer;
import io.loopscope.processor.app.http.HttpListener;
import io.loopscope.processor.app.http.ListenAddress;
import io.loopscope.processor.app.http.Request;
import io.loopscope.processor.app.metrics.Scrape;
import io.loopscope.processor.app.query.Api;
import io.loopscope.processor.app.query.Times;
import io.loopscope.processor.streams.Counters;
import io.loopscope.processor.streams.Routing;
import io.loopscope.processor.streams.StateReader;
import io.loopscope.processor.streams.Timings;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import io.loopscope.settings.Origin;
import io.loopscope.settings.Settings;
import java.net.UnknownHostException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.streams.KafkaStreams;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a processor serves over HTTP. It answers from the first moment on: while the processor waits for Kafka, that is
 * what it says.
 */
final class ProcessorHttp implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessorHttp.class);

    private final Settings settings;
    private final ReadinessBoard board;
    private final @Nullable HttpListener http;
    private final @Nullable ListenAddress advertised;
    private final Vitals vitals;
    private final Scrape scrape;

    private ProcessorHttp(Settings settings, ReadinessBoard board, Counters counters, Timings timings) {
        this.settings = settings;
        this.board = board;
        http = listener(settings);
        vitals = new Vitals(board, counters, timings, http);
        scrape = new Scrape(vitals, settings.integer(ProcessorSettings.METRICS_PORTS));
        advertised = http == null ? null : advertised(settings, http);
        if (http != null) {
            http.route("/healthz", this::health);
            http.route("/readyz", this::readiness);
            http.route("/status", this::status);
            http.route("/metrics", scrape::answer);
            Api.serveNotYet(http);
            LOG.info("Queries, metrics and health at http://{} (others reach it at {})", http.address(), advertised);
        }
    }

    /**
     * Begins to serve, unless settings say not to.
     *
     * @throws OperatingException when the port can't be opened
     */
    static ProcessorHttp open(Settings settings, ReadinessBoard board, Counters counters, Timings timings) {
        return new ProcessorHttp(settings, board, counters, timings);
    }

    private static @Nullable HttpListener listener(Settings settings) {
        String listen = settings.string(ProcessorSettings.HTTP_LISTEN);
        boolean isDefault = settings.origin(ProcessorSettings.HTTP_LISTEN).source() == Origin.Source.DEFAULT;
        return listen.isEmpty() ? null : HttpListener.open(ListenAddress.of(listen), isDefault);
    }

    private static ListenAddress advertised(Settings settings, HttpListener http) {
        String advertise = settings.string(ProcessorSettings.HTTP_ADVERTISE);
        try {
            return advertise.isEmpty() ? http.address().reachable() : ListenAddress.of(advertise);
        } catch (UnknownHostException e) {
            http.close();
            throw new OperatingException(
                    "this machine does not know its own name: " + e.getMessage(),
                    "Set " + ProcessorSettings.HTTP_ADVERTISE + " to where other processors reach this one.",
                    ExitCode.BAD_CONFIGURATION,
                    e);
        }
    }

    /** Where other processors find this one: {@code application.server}. Empty when there is no HTTP. */
    Optional<String> applicationServer() {
        return Optional.ofNullable(advertised).map(ListenAddress::toString);
    }

    /** Where it listens; empty when there is no HTTP. */
    Optional<ListenAddress> address() {
        return Optional.ofNullable(http).map(HttpListener::address);
    }

    /** From now on there is something to ask. */
    void attach(KafkaStreams streams, DetectorChoice choice, RestoreProgress restored) {
        if (http == null) {
            return;
        }
        StateReader reader = new StateReader(streams, choice.detector(), choice.tcp());
        vitals.attach(streams, reader, choice, restored);
        scrape.bind(streams);
        Routing routing = new Routing(streams, applicationServer().orElseThrow());
        new Api(reader, routing, settings.duration(ProcessorSettings.HTTP_PEER_TIMEOUT), InstantSource.system())
                .serve(http);
    }

    /** The state that the processor is in now. */
    void moved(Processor.State state) {
        vitals.moved(state);
    }

    private Answer health(Request request) {
        request.allow(Set.of());
        String sick = vitals.sickness();
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("healthy", sick == null).put("reason", sick);
        return Answer.json(sick == null ? 200 : 503, document);
    }

    private Answer readiness(Request request) {
        request.allow(Set.of());
        Readiness readiness = board.readiness();
        return Answer.json(readiness.isReady() ? 200 : 503, json(readiness));
    }

    private Answer status(Request request) {
        request.allow(Set.of());
        return Answer.json(
                200,
                new StatusJson(settings, vitals, json(board.readiness()))
                        .document(applicationServer().orElse("")));
    }

    private static ObjectNode json(Readiness readiness) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("ready", readiness.isReady());
        ArrayNode reasons = document.putArray("reasons");
        for (Readiness.Reason reason : readiness.reasons()) {
            reasons.addObject()
                    .put("cause", reason.cause().label())
                    .put("since", Times.iso(reason.since()))
                    .put("detail", reason.detail())
                    .put("remedy", reason.remedy());
        }
        return document;
    }

    @Override
    public void close() {
        if (http != null) {
            http.close();
        }
        scrape.close();
    }
}
