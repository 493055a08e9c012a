package io.loopscope.agent;

import io.loopscope.agent.publish.CapturePublisher;
import io.loopscope.agent.publish.Identity;
import io.loopscope.agent.sockets.NetworkNamespace;
import io.loopscope.agent.sockets.OwnSockets;
import io.loopscope.agent.sockets.OwnTraffic;
import io.loopscope.agent.sockets.SocketPolling;
import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.LiveCapture;
import io.loopscope.agent.source.LiveSource;
import io.loopscope.agent.source.PacketSource;
import io.loopscope.agent.track.ControlFilter;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.file.AccessDeniedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes agents that capture live. Everything that has to do with the captured namespace is opened by a thread that is in
 * it; Kafka's client stays where this process is.
 */
final class LiveAgent {
    private static final Logger LOG = LoggerFactory.getLogger(LiveAgent.class);
    private static final Duration FIRST_CONTACT = Duration.ofSeconds(5);

    private LiveAgent() {}

    /** Waits a little for Kafka, so that the agent's own connections are known before the first packet is. */
    static void greet(CapturePublisher publisher, AgentSettings settings) {
        if (!publisher.awaitReady(FIRST_CONTACT)) {
            LOG.warn(
                    "Kafka at {} does not answer yet; capturing begins all the same",
                    settings.kafka().getOrDefault("bootstrap.servers", ""));
        }
    }

    /**
     * An agent for one namespace.
     *
     * @param publisher closed with the agent, or here when there is to be none
     * @throws OperatingException if nothing can be captured there, with what to do about it
     */
    static Agent open(AgentSettings settings, NetworkNamespace namespace, CapturePublisher publisher) {
        @Nullable OwnTraffic own = null;
        try {
            Clock clock = Clock.systemUTC();
            Instant now = clock.instant();
            Identity identity = HostIdentity.ofThisHost(settings.hostId(), Agent.nanos(now), namespace.inode());
            OwnSockets sockets = OwnSockets.ofProcesses(settings.excludePids(), settings.excludeProcesses());
            own = OwnTraffic.bySockets(sockets, publisher::brokers, clock, namespace, publisher::connectionsOpen);
            own = OwnTraffic.withPrograms(
                    own, settings.include().programs(), settings.exclude().programs(), clock, namespace);
            own.refresh();
            LiveCapture capture = settings.capture()
                    .withFilter(ControlFilter.narrow(settings.capture().filter(), settings.fidelity()));
            PacketSource source = namespace.call(() -> LiveSource.open(capture));
            Pipeline pipeline = Pipeline.of(source, own, publisher, settings.queueSegments());
            return new Agent(settings, identity, pipeline, polling(settings, pipeline, sockets, namespace), clock);
        } catch (Exception e) {
            publisher.close();
            if (own != null) {
                own.close();
            }
            throw toOperatingException(namespace, e);
        }
    }

    private static @Nullable SocketPolling polling(
            AgentSettings settings, Pipeline pipeline, OwnSockets ownSockets, NetworkNamespace namespace)
            throws Exception {
        if (!settings.sockets().enabled()) {
            return null;
        }
        TrafficFilter filter = TrafficFilter.of(settings);
        String interfaceName = pipeline.source().interfaces().get(0);
        boolean onlyLoopback = namespace.call(() -> isLoopback(interfaceName));
        return new SocketPolling(
                SocketPolling.Host.in(namespace, ownSockets, pipeline.own(), Agent::cpuNs),
                filter::passes,
                onlyLoopback,
                settings.sockets().cpuShare());
    }

    /** False for {@code any}, too. */
    private static boolean isLoopback(String interfaceName) throws IOException {
        NetworkInterface network = NetworkInterface.getByName(interfaceName);
        return network != null && network.isLoopback();
    }

    private static RuntimeException toOperatingException(NetworkNamespace namespace, Exception e) {
        if (e instanceof CaptureException capture) {
            return capture.toOperatingException();
        } else if (e instanceof RuntimeException unexpected) {
            return unexpected;
        } else if (e instanceof AccessDeniedException) {
            return new OperatingException(
                    namespace + " may not be entered",
                    "Run the agent as root or with CAP_SYS_ADMIN, or without --netns.",
                    ExitCode.NO_PERMISSION,
                    e);
        }
        return new OperatingException(
                namespace + " cannot be captured: " + e.getMessage(),
                "See what namespaces there are: ip netns list, lsns -t net.",
                ExitCode.FAILURE,
                e);
    }
}
