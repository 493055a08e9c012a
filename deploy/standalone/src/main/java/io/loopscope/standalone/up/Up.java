package io.loopscope.standalone.up;

import io.loopscope.agent.AgentSettings;
import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.LiveSource;
import io.loopscope.agent.source.PacketSource;
import io.loopscope.processor.app.Processor;
import io.loopscope.schemas.SchemaIds;
import io.loopscope.schemas.Topic;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.Logging;
import io.loopscope.settings.OperatingException;
import io.loopscope.settings.Settings;
import io.loopscope.standalone.broker.BrokerFaults;
import io.loopscope.standalone.broker.EmbeddedKafka;
import io.loopscope.standalone.broker.StateFolder;
import io.loopscope.standalone.broker.Topics;
import io.loopscope.standalone.config.KafkaOptions;
import io.loopscope.standalone.demo.Demo;
import io.loopscope.standalone.observe.CompactRenderer;
import io.loopscope.standalone.observe.EventReader;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the pipeline part by part, and stops it when told or when a part fails. */
final class Up {
    private static final Logger LOG = LoggerFactory.getLogger(Up.class);
    private static final Duration PROCESSOR_START = Duration.ofMinutes(2);

    private static final int ATTEMPTS = 3;

    /** Waits for the end of a part that is not expected to end. */
    private interface Wait {
        void await() throws Exception;
    }

    private final UpPlan plan;
    private final Screen screen;
    private final Parts parts = new Parts();
    /** Completed when there is a reason to end. */
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    Up(UpPlan plan, Screen screen) {
        this.plan = plan;
        this.screen = screen;
    }

    /**
     * Runs until it is stopped.
     *
     * @return the exit code
     * @throws OperatingException when a part did not start, or failed
     */
    int run() throws Exception {
        var signals = StopSignals.listen(parts, screen);
        try {
            start(plan.settings().check());
            end.get();
            return ExitCode.OK;
        } catch (Exception e) {
            if (parts.isClosing()) {
                LOG.info("Stopped before everything ran", e); // What a stop breaks is no failure.
                return ExitCode.OK;
            }
            throw e instanceof ExecutionException && e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            parts.close();
            signals.ignore();
        }
    }

    private void start(Settings settings) throws Exception {
        Logging.start(settings);
        settings.warnings().forEach(warning -> LOG.warn("{}", warning));
        var folder = parts.open("state folder", () -> StateFolder.open(plan.state()));
        LogFile.start(folder.log(), plan.verbose());
        BrokerFaults.tell(message -> brokerFailed(message, folder));
        probe(plan.settings().agent("127.0.0.1:9092"));
        screen.show(List.of("Starting broker, processor and capture…"));
        var capture = new Capture(screen);
        parts.open("summary", () -> capture::summarize);
        var kafka = parts.open("broker", () -> startBroker(folder));
        Topics.create(kafka.bootstrapServers());
        var feed = parts.open("feed", () -> feed(kafka.bootstrapServers(), KafkaOptions.schemas(settings)));
        var processor = startProcessor(folder, kafka);
        var agentSettings = plan.settings().agent(kafka.bootstrapServers());
        var agent = parts.open("capture", () -> capture.start(agentSettings));
        watch("capture", agent::awaitEnd);
        awaitRunning(processor);
        screen.show(Banner.lines(kafka.bootstrapServers(), processor.httpAddress(), folder, plan, screen.palette()));
        if (plan.demo()) {
            startDemo(settings, feed);
        }
    }

    /** That nothing can be captured is known at once; the broker takes seconds. */
    private static void probe(AgentSettings settings) {
        try (PacketSource source = LiveSource.open(settings.capture())) {
            LOG.info("Can capture on {}", source.interfaces());
        } catch (CaptureException e) {
            throw e.toOperatingException();
        }
    }

    /** Tells why the process is about to end. */
    private static int brokerFailed(String message, StateFolder folder) {
        var full = folder.diskIsFull();
        System.err.println("loopscope: " + full.map(Throwable::getMessage).orElse(message) + "; see " + folder.log());
        full.ifPresent(reason -> System.err.println("  " + reason.remedy()));
        return full.map(OperatingException::exitCode).orElse(ExitCode.FAILURE);
    }

    private EmbeddedKafka startBroker(StateFolder folder) {
        for (int attempt = 1; ; attempt++) {
            var address = plan.address(folder);
            try {
                var kafka = EmbeddedKafka.start(folder.broker(), address);
                folder.remember(address);
                return kafka;
            } catch (OperatingException e) {
                // Between choosing a port and listening on it, somebody else may take it.
                if (plan.brokerPort() != 0 || attempt == ATTEMPTS || address.isFree()) {
                    throw e;
                }
            }
        }
    }

    private Feed feed(String bootstrapServers, SchemaIds ids) {
        var compact = new CompactRenderer(screen.zone(), LocalDate.now(screen.zone()), false, screen.palette());
        var topics = List.of(Topic.CONNECTIONS, Topic.ANOMALIES, Topic.DEAD_LETTER);
        var reader = EventReader.connect(Map.of("bootstrap.servers", bootstrapServers), ids, topics);
        return Feed.start(
                reader, screen, new FeedRenderer(compact, screen.palette()), plan.quiet(), () -> end.complete(null));
    }

    private Processor startProcessor(StateFolder folder, EmbeddedKafka kafka) throws Exception {
        var settings = plan.settings().processor(kafka.bootstrapServers(), folder.streams(kafka.clusterId()));
        var processor = parts.open("processor", () -> Processor.start(settings));
        watch("processor", processor::awaitStop);
        return processor;
    }

    private void awaitRunning(Processor processor) throws Exception {
        if (!processor.awaitRunning(PROCESSOR_START)) {
            if (parts.isClosing()) {
                throw new CancellationException("stopped while the processor was starting");
            }
            throw processor
                    .failure()
                    .orElseGet(() -> new OperatingException(
                            "the processor did not start within " + PROCESSOR_START.toMinutes() + " minutes",
                            "",
                            ExitCode.FAILURE));
        }
    }

    private void watch(String name, Wait wait) {
        var watcher = new Thread(
                () -> {
                    try {
                        wait.await();
                    } catch (Exception e) {
                        end.completeExceptionally(e);
                    }
                },
                "watch-" + name);
        watcher.setDaemon(true);
        watcher.start();
    }

    private void startDemo(Settings settings, Feed feed) throws Exception {
        var story = new Story(screen, feed, () -> end.complete(null));
        story.sentence("expect " + plan.settings().thresholds(settings));
        parts.open("demo", () -> Demo.start(plan.settings().leak(settings), story));
    }
}
