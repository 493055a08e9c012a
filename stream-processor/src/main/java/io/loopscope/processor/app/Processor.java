package io.loopscope.processor.app;

import io.loopscope.processor.app.Readiness.Cause;
import io.loopscope.processor.app.http.ListenAddress;
import io.loopscope.processor.detect.ConnectionRoom;
import io.loopscope.processor.streams.ConnectionTopology;
import io.loopscope.processor.streams.Counters;
import io.loopscope.processor.streams.ProcessorStatistics;
import io.loopscope.processor.streams.RecordLimits;
import io.loopscope.processor.streams.Timings;
import io.loopscope.settings.ConfigurationException;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import io.loopscope.settings.Settings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A processor that runs in this process, with threads of its own. Start it with settings of
 * {@link ProcessorSettings#DEFINITION}, alone or included in those of another program; close it to stop it.
 */
public final class Processor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Processor.class);

    /** What a processor does. */
    public enum State {
        /** It gets its partitions and restores their state: at the start, and when processors come or go. */
        STARTING,
        /** It processes. */
        RUNNING,
        /** It was closed. */
        STOPPED,
        /** It had to stop, see {@link Processor#failure()}. */
        FAILED
    }

    private final Settings settings;
    private final Counters counters;
    private final ProcessorHttp http;
    private final ReadinessBoard board;
    private final StreamFailures failures;
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private boolean closed;
    private final ScheduledExecutorService reporter;
    private final KafkaWatch watch;
    private final PatientSchemas schemas;
    private final KafkaStreams streams;
    private volatile State state = State.STARTING;

    private Processor(
            Settings settings,
            DetectorChoice choice,
            Consumer<State> listener,
            ReadinessBoard board,
            Counters counters,
            ProcessorHttp http) {
        this.settings = settings;
        this.board = board;
        this.counters = counters;
        this.http = http;
        Map<String, Object> configuration = StreamsProperties.of(settings);
        RecordLimits limits = ConnectionTopology.limits(configuration);
        http.applicationServer()
                .ifPresent(server -> configuration.put(StreamsConfig.APPLICATION_SERVER_CONFIG, server));
        StreamsConfig checked = new StreamsConfig(configuration);
        failures = new StreamFailures(
                board,
                Permissions.of(settings),
                () -> KafkaTopics.lookAtLimits(checked.getAdminConfigs("loopscope-limits"), settings, limits));
        new KafkaAtStart(settings, checked.getAdminConfigs("loopscope-start"), board, limits).await();
        schemas = PatientSchemas.of(settings, board, counters);
        schemas.await(settings.duration(ProcessorSettings.START_TIMEOUT));
        Properties properties = new Properties();
        properties.putAll(configuration);
        streams = streams(
                ConnectionTopology.build(configuration, choice.detector(), choice.tcp(), counters, schemas),
                properties);
        streams.setUncaughtExceptionHandler(failures);
        streams.setStateListener((now, before) -> moved(now, listener));
        RestoreProgress restored = new RestoreProgress(board, InstantSource.system());
        streams.setGlobalStateRestoreListener(restored);
        http.attach(streams, choice, restored);
        watch = new KafkaWatch(
                checked.getAdminConfigs("loopscope-watch"), Permissions.of(settings), board, InstantSource.system());
        reporter = Executors.newSingleThreadScheduledExecutor(Processor::reporterThread);
    }

    /**
     * Checks the settings, waits until Kafka and the schema registry answer, sees to the topics and starts the threads.
     * Returns before the first record is processed.
     *
     * @throws ConfigurationException when the settings can't be used
     * @throws OperatingException when Kafka does not answer in time or the topics are not as they have to be
     */
    public static Processor start(Settings settings) {
        return start(settings, state -> {});
    }

    /**
     * As {@link #start(Settings)}.
     *
     * @param listener told each new state, on a thread that must not be held up and must not close the processor
     */
    public static Processor start(Settings settings, Consumer<State> listener) {
        return start(settings, listener, new ReadinessBoard(Instant.now()));
    }

    /**
     * As {@link #start(Settings, Consumer)}.
     *
     * @param board says why it is not ready, also while this call waits for Kafka and after it failed
     */
    public static Processor start(Settings settings, Consumer<State> listener, ReadinessBoard board) {
        DetectorChoice choice = DetectorChoice.from(settings);
        Timings timings = new Timings(System::nanoTime, Processor::wallNanos);
        Counters counters =
                new Counters(timings, new ConnectionRoom(settings.integer(ProcessorSettings.MAX_CONNECTIONS)));
        ProcessorHttp http = ProcessorHttp.open(settings, board, counters, timings);
        try {
            Processor processor = new Processor(settings, choice, listener, board, counters, http);
            processor.begin();
            return processor;
        } catch (RuntimeException e) {
            http.close();
            throw e;
        }
    }

    private static long wallNanos() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    private void begin() {
        streams.start();
        repeat(
                settings.duration(ProcessorSettings.STATISTICS_INTERVAL),
                () -> LOG.debug(statistics().summary()));
        repeat(KafkaWatch.INTERVAL, watch::ask);
    }

    /** Looks at the folder of the state. */
    private KafkaStreams streams(Topology topology, Properties properties) {
        try {
            return new KafkaStreams(topology, properties);
        } catch (StreamsException e) {
            throw KafkaFailure.explain("to start", e, Permissions.of(settings));
        }
    }

    private void repeat(Duration interval, Runnable work) {
        long intervalMs = interval.toMillis();
        Future<?> unused = reporter.scheduleAtFixedRate(work, intervalMs, intervalMs, TimeUnit.MILLISECONDS);
    }

    /** What it does now. */
    public State state() {
        return state;
    }

    /** Whether it does its work, and if not why. */
    public Readiness readiness() {
        return board.readiness();
    }

    /** Where queries, metrics and health are served, {@code HOST:PORT}; empty when settings say nowhere. */
    public Optional<String> httpAddress() {
        return http.address().map(ListenAddress::toString);
    }

    /** What it has done so far. */
    public ProcessorStatistics statistics() {
        return counters.snapshot();
    }

    /** Why it had to stop; empty in every state but {@link State#FAILED}. */
    public Optional<OperatingException> failure() {
        return failures.fatal();
    }

    /**
     * Waits until it processes for the first time.
     *
     * @return false when it stopped, or the time was over, before that
     */
    public boolean awaitRunning(Duration timeout) throws InterruptedException {
        return running.await(timeout.toNanos(), TimeUnit.NANOSECONDS) && state != State.FAILED;
    }

    /**
     * Waits until it has stopped.
     *
     * @return {@link ExitCode#OK} after {@link #close()}
     * @throws OperatingException when it had to stop by itself
     */
    public int awaitStop() throws InterruptedException {
        stopped.await();
        failure().ifPresent(failure -> {
            throw failure;
        });
        return state == State.STOPPED ? ExitCode.OK : ExitCode.FAILURE;
    }

    /** Whether it has stopped, by itself or because it was told to. */
    boolean hasStopped() {
        return stopped.getCount() == 0;
    }

    /** Commits what was processed, and stops. Safe to call twice; each call returns when that is done. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        board.raise(Cause.STOPPING, "the processor is being stopped", "", Instant.now());
        reporter.shutdownNow();
        watch.close();
        schemas.close();
        GroupMembershipOperation membership = GroupMembership.of(settings).leavesAtStop()
                ? GroupMembershipOperation.LEAVE_GROUP
                : GroupMembershipOperation.REMAIN_IN_GROUP;
        Duration timeout = settings.duration(ProcessorSettings.STOP_TIMEOUT);
        boolean complete =
                streams.close(CloseOptions.groupMembershipOperation(membership).withTimeout(timeout));
        if (!complete) {
            LOG.warn("The stop took more than {} and was cut short", timeout);
        }
        http.close();
        stopped.countDown();
        LOG.info("Stopped after {}", statistics().summary());
    }

    private void moved(KafkaStreams.State now, Consumer<State> listener) {
        State moved = switch (now) {
            case CREATED, REBALANCING -> State.STARTING;
            case RUNNING -> State.RUNNING;
            case PENDING_SHUTDOWN, PENDING_ERROR -> state; // on the way
            case NOT_RUNNING -> failures.fatal().isPresent() ? State.FAILED : State.STOPPED;
            case ERROR -> State.FAILED;
        };
        if (moved == state) {
            return;
        }
        state = moved;
        http.moved(moved);
        LOG.info("Processor is {}", moved);
        tellBoard(moved);
        if (moved != State.STARTING) {
            running.countDown();
        }
        listener.accept(moved);
        if (moved == State.FAILED) {
            stopped.countDown();
        }
    }

    private void tellBoard(State moved) {
        switch (moved) {
            case STARTING -> board.raise(Cause.STARTING, "the group gives out the partitions", "", Instant.now());
            case RUNNING -> {
                board.clear(Cause.STARTING);
                board.clear(Cause.RETRYING);
            }
            case STOPPED -> board.raise(Cause.STOPPING, "the processor has been stopped", "", Instant.now());
            case FAILED -> {
                if (failure().isEmpty()) {
                    board.raise(Cause.FAILED, "Kafka Streams has stopped", "", Instant.now());
                }
            }
        }
    }

    private static Thread reporterThread(Runnable work) {
        Thread thread = new Thread(work, "loopscope-statistics");
        thread.setDaemon(true);
        return thread;
    }
}
