package io.loopscope.agent;

import io.loopscope.agent.publish.KafkaCapturePublisher;
import io.loopscope.agent.sockets.NetworkNamespace;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An agent for each of several network namespaces. To readers they are several captures of one host, each with a watermark
 * of its own; they share one client of Kafka. With {@code all}, namespaces that come and go are looked for.
 */
final class NamespaceAgents implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NamespaceAgents.class);
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(10);

    private final AgentSettings settings;
    private final KafkaCapturePublisher publisher;
    private final Map<Long, Agent> agents = new LinkedHashMap<>();
    private final Set<Long> refused = new HashSet<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    private NamespaceAgents(AgentSettings settings, KafkaCapturePublisher publisher) {
        this.settings = settings;
        this.publisher = publisher;
    }

    /**
     * Opens an agent for each namespace of the settings.
     *
     * @throws OperatingException if one that is named cannot be captured, or none at all can
     */
    static NamespaceAgents open(AgentSettings settings) {
        List<NetworkNamespace> named = settings.namespaces().stream()
                .filter(name -> !name.equals(AgentSettings.ALL_NAMESPACES))
                .map(NamespaceAgents::named)
                .toList();
        NamespaceAgents agents =
                new NamespaceAgents(settings, KafkaCapturePublisher.open(settings.kafka(), settings.registry()));
        LiveAgent.greet(agents.publisher, settings);
        try {
            named.forEach(agents::add);
            if (agents.isForAll()) {
                agents.look();
            }
            if (agents.agents.isEmpty()) {
                throw new OperatingException(
                        "no network namespace can be captured",
                        "See the log for the reasons, and loopscope doctor for what to do.",
                        ExitCode.FAILURE);
            }
            return agents;
        } catch (OperatingException e) {
            agents.closeAll();
            throw e;
        }
    }

    private static NetworkNamespace named(String name) {
        try {
            return NetworkNamespace.of(name);
        } catch (IOException e) {
            throw new OperatingException(
                    "there is no network namespace " + name + ": " + e,
                    "See what namespaces there are: ip netns list, lsns -t net.",
                    ExitCode.BAD_CONFIGURATION,
                    e);
        }
    }

    private boolean isForAll() {
        return settings.namespaces().contains(AgentSettings.ALL_NAMESPACES);
    }

    private synchronized void add(NetworkNamespace namespace) {
        if (stop.getCount() == 0 || agents.containsKey(namespace.inode())) {
            return;
        }
        Agent agent = LiveAgent.open(settings, namespace, publisher.another());
        agents.put(namespace.inode(), agent);
        LOG.info("In {}:", namespace);
        agent.start();
    }

    /** Begins with those that are new and ends with those that are gone. */
    private void look() {
        List<NetworkNamespace> now = List.copyOf(NetworkNamespace.all());
        Set<Long> inodes = now.stream().map(NetworkNamespace::inode).collect(Collectors.toSet());
        refused.retainAll(inodes);
        for (NetworkNamespace namespace : now) {
            try {
                add(namespace);
                refused.remove(namespace.inode());
            } catch (OperatingException e) {
                if (e.exitCode() == ExitCode.NO_PERMISSION) {
                    throw e;
                }
                // Many namespaces have no loopback interface that is up; it may come.
                if (refused.add(namespace.inode())) {
                    LOG.info("{} is left out: {}", namespace, e.getMessage());
                }
            }
        }
        for (Agent gone : removeAllBut(inodes)) {
            end(gone);
        }
    }

    private synchronized List<Agent> removeAllBut(Set<Long> inodes) {
        List<Agent> gone = new ArrayList<>();
        agents.entrySet().removeIf(entry -> !inodes.contains(entry.getKey()) && gone.add(entry.getValue()));
        return gone;
    }

    /** Waits until {@link #close} has been called, or the last agent has ended by itself. */
    void awaitEnd() throws InterruptedException {
        try {
            while (!stop.await(LOOK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                if (isForAll()) {
                    look();
                }
                if (running().stream().allMatch(Agent::isEnded)) {
                    break;
                }
            }
        } finally {
            closeAll();
        }
    }

    private synchronized List<Agent> running() {
        return List.copyOf(agents.values());
    }

    private void closeAll() {
        stop.countDown();
        List<Agent> last = running();
        last.forEach(Agent::requestStop);
        last.forEach(NamespaceAgents::end);
        publisher.close(settings.stopTimeout());
        ended.countDown();
    }

    private static void end(Agent agent) {
        try {
            agent.close();
        } catch (OperatingException e) { // The capture broke, as it does when a namespace goes.
            LOG.warn("{}", e.getMessage());
        }
    }

    boolean isEnded() {
        return ended.getCount() == 0;
    }

    @Override
    public void close() {
        stop.countDown();
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
