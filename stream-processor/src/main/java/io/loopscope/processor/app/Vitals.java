package io.loopscope.processor.app;

import io.loopscope.processor.app.http.HttpListener;
import io.loopscope.processor.app.metrics.Sources;
import io.loopscope.processor.app.metrics.StoreView;
import io.loopscope.processor.streams.Counters;
import io.loopscope.processor.streams.StateReader;
import io.loopscope.processor.streams.Timings;
import io.loopscope.settings.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.ThreadMetadata;
import org.jspecify.annotations.Nullable;

/** How a processor does: for its metrics, its status and its health. Thread-safe. */
final class Vitals implements Sources {
    /** After so long without a poll the group throws a consumer out: Kafka's default of max.poll.interval.ms. */
    private static final Duration LONGEST_WITHOUT_POLL = Duration.ofMinutes(5);

    private static final List<String> STATES =
            Arrays.stream(Processor.State.values()).map(Enum::name).toList();

    private final ReadinessBoard board;
    private final Counters counters;
    private final Timings timings;
    private final @Nullable HttpListener http;
    private final Instant started = Instant.now();
    private volatile Processor.State state = Processor.State.STARTING;
    private volatile @Nullable Attached attached;

    private record Attached(
            KafkaStreams streams,
            StateReader reader,
            DetectorChoice choice,
            RestoreProgress restored,
            ConsumerLag lag) {}

    Vitals(ReadinessBoard board, Counters counters, Timings timings, @Nullable HttpListener http) {
        this.board = board;
        this.counters = counters;
        this.timings = timings;
        this.http = http;
    }

    void attach(KafkaStreams streams, StateReader reader, DetectorChoice choice, RestoreProgress restored) {
        attached = new Attached(streams, reader, choice, restored, new ConsumerLag(streams));
    }

    void moved(Processor.State now) {
        state = now;
    }

    /** When it was started. */
    Instant started() {
        return started;
    }

    /** Thresholds and limits; null before it knows them. */
    @Nullable DetectorChoice choice() {
        Attached now = attached;
        return now == null ? null : now.choice;
    }

    /** Why it has to be started again; null while that would not help. Waiting for Kafka is no reason. */
    @Nullable String sickness() {
        Attached now = attached;
        if (state == Processor.State.FAILED || state == Processor.State.STOPPED) {
            return "the processor has stopped: " + board.readiness();
        }
        if (now == null || !now.streams.state().isRunningOrRebalancing()) {
            return null;
        }
        long alive = now.streams.metadataForLocalThreads().stream()
                .map(ThreadMetadata::threadState)
                .filter(thread -> !thread.equals("DEAD") && !thread.equals("PENDING_SHUTDOWN"))
                .count();
        if (alive == 0) {
            return "no stream thread is alive";
        }
        double waited = now.lag.secondsSincePoll();
        return waited <= LONGEST_WITHOUT_POLL.toSeconds()
                ? null
                : "a stream thread has not polled for " + Math.round(waited) + " s; "
                        + ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG + " is "
                        + LONGEST_WITHOUT_POLL.toMillis();
    }

    @Override
    public String version() {
        return Version.current();
    }

    @Override
    public Counters counters() {
        return counters;
    }

    @Override
    public Timings timings() {
        return timings;
    }

    @Override
    public String state() {
        return state.name();
    }

    @Override
    public Iterable<String> states() {
        return STATES;
    }

    @Override
    public boolean ready() {
        return board.readiness().isReady();
    }

    @Override
    public @Nullable StoreView stores() {
        Attached now = attached;
        return now == null || !now.streams.state().isRunningOrRebalancing()
                ? null
                : StoreView.of(now.reader, Instant.now());
    }

    @Override
    public Map<Integer, Long> consumerLag() {
        Attached now = attached;
        return now == null ? Map.of() : now.lag.records();
    }

    @Override
    public long restoreRemaining() {
        Attached now = attached;
        return now == null ? 0 : now.restored.remaining();
    }

    @Override
    public long restored() {
        Attached now = attached;
        return now == null ? 0 : now.restored.restored();
    }

    @Override
    public Map<Request, Long> httpRequests() {
        Map<Request, Long> requests = new HashMap<>();
        if (http != null) {
            http.served().forEach((of, number) -> requests.put(new Request(of.route(), of.code()), number));
        }
        return requests;
    }
}
