package io.loopscope.agent;

import io.loopscope.agent.publish.BatchBuilder;
import io.loopscope.agent.publish.CapturePublisher;
import io.loopscope.agent.publish.Identity;
import io.loopscope.agent.publish.KafkaCapturePublisher;
import io.loopscope.agent.publish.SocketReports;
import io.loopscope.agent.sockets.NetworkNamespace;
import io.loopscope.agent.sockets.OwnTraffic;
import io.loopscope.agent.sockets.SocketPolling;
import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.PacketSource;
import io.loopscope.agent.source.PcapFileSource;
import io.loopscope.schemas.registry.SchemaRegistryException;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A capture agent: one thread captures, one publishes, one reads the kernel's socket table. Make it, {@link #start} it, and either wait for its end (a file
 * has one) or {@link #close} it, which sends what has been captured and says goodbye.
 */
public final class Agent implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final Duration LAST_POLL = Duration.ofSeconds(6);
    private static final Duration REPLAY_CONTACT = Duration.ofSeconds(30);
    private static final Duration REPLAY_DELIVERY = Duration.ofMinutes(2);

    private final AgentSettings settings;
    private final Pipeline pipeline;
    private final Thread capturing;
    private final Thread publishing;
    private final @Nullable SocketPollLoop pollLoop;
    private final Thread polling;
    private final Clock clock;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable Throwable bug;

    /** An agent of these parts; {@code socketPolling} is null when the socket table is not to be read. */
    Agent(
            AgentSettings settings,
            Identity identity,
            Pipeline pipeline,
            @Nullable SocketPolling socketPolling,
            Clock clock) {
        this.settings = settings;
        this.pipeline = pipeline;
        this.clock = clock;
        boolean live = pipeline.source().live();
        BatchBuilder batch = new BatchBuilder(
                identity,
                pipeline.source().interfaces().get(0),
                settings.batchSegments(),
                pipeline.publisher().batchHead());
        Heartbeats heartbeats = new Heartbeats(
                identity, settings.heartbeatInterval(), settings.hash(), live ? identity.agentEpoch() : 0);
        TrafficFilter filter = TrafficFilter.of(settings);
        Duration delivery = live ? settings.stopTimeout() : REPLAY_DELIVERY;
        capturing = new Thread(new CaptureLoop(pipeline, filter, new Tracking(settings, pipeline), clock), "capture");
        SocketReports reports = new SocketReports(identity);
        publishing =
                new Thread(() -> publish(new PublishLoop(pipeline, batch, reports, heartbeats, delivery)), "publish");
        pollLoop = socketPolling == null
                ? null
                : new SocketPollLoop(
                        socketPolling, pipeline, settings.sockets(), () -> nanos(clock.instant()), Agent::cpuNs);
        polling = new Thread(pollLoop, "sockets");
        polling.setDaemon(true);
    }

    /**
     * An agent that captures live, in the network namespace of this process. Its own connections to the brokers are made,
     * as far as they are there, and known before the first packet is.
     *
     * @throws OperatingException if nothing can be captured here, with what to do about it
     */
    public static Agent capture(AgentSettings settings) {
        CapturePublisher publisher = KafkaCapturePublisher.open(settings.kafka(), settings.registry());
        LiveAgent.greet(publisher, settings);
        return LiveAgent.open(settings, NetworkNamespace.own(), publisher);
    }

    /**
     * An agent that publishes a capture file with its original times, and ends.
     *
     * @throws OperatingException if the file cannot be read or Kafka does not answer
     */
    public static Agent replay(AgentSettings settings, Path file) {
        Clock clock = Clock.systemUTC();
        Identity identity = HostIdentity.ofFile(settings.hostId(), file, nanos(clock.instant()));
        PacketSource source = openFile(file);
        KafkaCapturePublisher publisher = KafkaCapturePublisher.open(settings.kafka(), settings.registry());
        try {
            awaitPublisher(publisher, settings);
        } catch (OperatingException e) {
            source.close();
            publisher.close();
            throw e;
        }
        return new Agent(
                settings,
                identity,
                Pipeline.of(source, OwnTraffic.NONE, publisher, settings.queueSegments()),
                null,
                clock);
    }

    private static void awaitPublisher(KafkaCapturePublisher publisher, AgentSettings settings) {
        if (!publisher.awaitReady(REPLAY_CONTACT)) {
            throw new OperatingException(
                    "Kafka at " + bootstrap(settings) + " does not answer, or does not know the topic",
                    "Start the broker, or name another one with --bootstrap-server.",
                    ExitCode.KAFKA_UNAVAILABLE);
        }
        try {
            publisher.awaitSchemas(REPLAY_CONTACT);
        } catch (SchemaRegistryException e) {
            throw new OperatingException(String.valueOf(e.getMessage()), e.remedy(), e.exitCode(), e);
        }
    }

    /** CPU time of the calling thread. */
    static long cpuNs() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static PacketSource openFile(Path file) {
        try {
            return PcapFileSource.open(file);
        } catch (CaptureException e) {
            throw e.toOperatingException();
        }
    }

    private static String bootstrap(AgentSettings settings) {
        return settings.kafka().getOrDefault("bootstrap.servers", "");
    }

    /** Begins. */
    public void start() {
        LOG.info(
                "{} {}",
                pipeline.source().live() ? "Capturing on" : "Replaying",
                String.join(", ", pipeline.source().interfaces()));
        publishing.start();
        if (pollLoop != null) {
            polling.start();
        }
        capturing.start();
    }

    private void publish(PublishLoop loop) {
        try {
            loop.run();
        } catch (RuntimeException | Error e) { // A bug: the capture must not go on into a queue that nobody empties.
            bug = e;
            requestStop();
            pipeline.publisher().close();
        } finally {
            pipeline.own().close();
            AgentStatistics counted = statistics();
            LOG.info("Stopped: {}", counted);
            LOG.info("By stage: {}", counted.stages());
            ended.countDown();
        }
    }

    /** Asks it to stop; returns at once. What was captured before is still published, then comes the goodbye. */
    public void requestStop() {
        CaptureProgress progress = pipeline.progress();
        if (!progress.isStopRequested()) {
            progress.stop(
                    nanos(clock.instant()),
                    System.nanoTime() + settings.stopTimeout().toNanos());
            pipeline.source().wakeUp();
        }
        if (pollLoop != null) {
            pollLoop.close();
        }
    }

    /** Whether it has published all and stopped. */
    public boolean isEnded() {
        return ended.getCount() == 0;
    }

    /**
     * Waits for its end.
     *
     * @throws OperatingException if the capture broke, the file was damaged, or segments of a file were not delivered
     * @throws InterruptedException if the waiting thread is interrupted
     */
    public void awaitEnd() throws InterruptedException {
        capturing.join();
        ended.await();
        if (pollLoop != null) {
            pollLoop.close();
            polling.join(LAST_POLL.toMillis());
        }
        pipeline.source().close();
        throwFailure(bug == null ? pipeline.progress().failure() : bug);
        long failed = statistics().publishFailed();
        if (!pipeline.source().live() && failed > 0) {
            throw new OperatingException(
                    failed + " segments could not be delivered to Kafka",
                    "See the log for the reason, and replay the file again.",
                    ExitCode.KAFKA_UNAVAILABLE);
        }
    }

    private static void throwFailure(@Nullable Throwable failure) {
        if (failure instanceof CaptureException capture) {
            throw capture.toOperatingException();
        } else if (failure instanceof RuntimeException unexpected) {
            throw unexpected;
        } else if (failure instanceof Error error) {
            throw error;
        }
    }

    /** Counters so far. */
    public AgentStatistics statistics() {
        return pipeline.counters().snapshot();
    }

    /** Stops it as planned and waits until that is done, or its time is over. */
    @Override
    public void close() {
        requestStop();
        try {
            awaitEnd();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static long nanos(Instant time) {
        return time.getEpochSecond() * NANOS_PER_SECOND + time.getNano();
    }
}
