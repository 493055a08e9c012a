package io.loopscope.agent;

import io.loopscope.agent.source.CaptureMethod;
import io.loopscope.agent.source.LiveCapture;
import io.loopscope.agent.track.Fidelity;
import io.loopscope.agent.track.FidelityByPort;
import io.loopscope.schemas.registry.RegistryConfig;
import io.loopscope.settings.ConfigurationException;
import io.loopscope.settings.Problem;
import io.loopscope.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;

/**
 * An agent's settings, checked; {@link AgentSettingKeys} says what each means.
 *
 * @param hostId empty for the host's own name
 * @param capture what to capture
 * @param fidelity how much of which connection is published
 * @param batchSegments segments in one batch at most
 * @param flushInterval how long a segment may wait where every segment is published
 * @param coalesceInterval how long one may wait where segments are coalesced
 * @param controlFlushInterval how long a SYN, FIN or RST may wait
 * @param heartbeatInterval time between heartbeats
 * @param queueSegments segments and runs between capture and publishing
 * @param controlShare part of them that is kept for control segments
 * @param trackedConnections remembered at most
 * @param stopTimeout how long a stop may take
 * @param include publish only what is on these lists
 * @param exclude do not publish what is on these
 * @param excludePids processes of the pipeline
 * @param excludeProcesses words on the command lines of processes of the pipeline
 * @param namespaces network namespaces to capture in, by name or process number, or {@link #ALL_NAMESPACES}; empty for
 *     the agent's own
 * @param sockets how the kernel's socket table is read
 * @param kafka properties of the producer; may hold secrets
 * @param registry the schema registry, null for none; may hold secrets
 * @param hash of all settings without secrets
 */
public record AgentSettings(
        String hostId,
        LiveCapture capture,
        FidelityByPort fidelity,
        int batchSegments,
        Duration flushInterval,
        Duration coalesceInterval,
        Duration controlFlushInterval,
        Duration heartbeatInterval,
        int queueSegments,
        double controlShare,
        int trackedConnections,
        Duration stopTimeout,
        TrafficList include,
        TrafficList exclude,
        Set<Long> excludePids,
        Set<String> excludeProcesses,
        Set<String> namespaces,
        Sockets sockets,
        Map<String, String> kafka,
        @Nullable RegistryConfig registry,
        String hash) {

    /** In {@link #namespaces}: every one there is. */
    public static final String ALL_NAMESPACES = "all";

    /**
     * Lists of what to include or to exclude; an empty list says nothing.
     *
     * @param ports of either end
     * @param addresses of either end
     * @param programs of either end, by name or a word of the command line
     */
    public record TrafficList(Set<Integer> ports, Set<AddressBlock> addresses, Set<String> programs) {}

    /**
     * How the kernel's socket table is read.
     *
     * @param enabled whether it is
     * @param interval time from one reading to the next
     * @param fullEvery every so many readings all sockets are told, and only changes in between
     * @param cpuShare of one core that reading may cost in the long run
     */
    public record Sockets(boolean enabled, Duration interval, int fullEvery, double cpuShare) {}

    /**
     * Reads the values of {@link AgentSettingKeys#DEFINITION}.
     *
     * @throws ConfigurationException if settings contradict each other
     */
    public static AgentSettings from(Settings settings) {
        check(settings);
        LiveCapture capture = new LiveCapture(
                settings.string(AgentSettingKeys.INTERFACE),
                settings.string(AgentSettingKeys.FILTER),
                settings.integer(AgentSettingKeys.SNAP_LENGTH),
                settings.integer(AgentSettingKeys.BUFFER_BYTES),
                settings.duration(AgentSettingKeys.READ_TIMEOUT),
                CaptureMethod.of(settings.string(AgentSettingKeys.CAPTURE_METHOD)),
                settings.integer(AgentSettingKeys.RING_BLOCK_BYTES));
        return new AgentSettings(
                settings.string(AgentSettingKeys.HOST_ID),
                capture,
                fidelity(settings),
                settings.integer(AgentSettingKeys.BATCH_SEGMENTS),
                settings.duration(AgentSettingKeys.FLUSH_INTERVAL),
                settings.duration(AgentSettingKeys.COALESCE_INTERVAL),
                settings.duration(AgentSettingKeys.CONTROL_FLUSH_INTERVAL),
                settings.duration(AgentSettingKeys.HEARTBEAT_INTERVAL),
                settings.integer(AgentSettingKeys.QUEUE_SEGMENTS),
                settings.decimal(AgentSettingKeys.QUEUE_CONTROL_SHARE),
                settings.integer(AgentSettingKeys.TRACK_CONNECTIONS),
                settings.duration(AgentSettingKeys.STOP_TIMEOUT),
                new TrafficList(
                        ports(settings, AgentSettingKeys.INCLUDE_PORTS),
                        addresses(settings, AgentSettingKeys.INCLUDE_ADDRESSES),
                        texts(settings, AgentSettingKeys.INCLUDE_PROGRAMS)),
                new TrafficList(
                        ports(settings, AgentSettingKeys.EXCLUDE_PORTS),
                        addresses(settings, AgentSettingKeys.EXCLUDE_ADDRESSES),
                        texts(settings, AgentSettingKeys.EXCLUDE_PROGRAMS)),
                texts(settings, AgentSettingKeys.EXCLUDE_PIDS).stream()
                        .map(Long::valueOf)
                        .collect(Collectors.toUnmodifiableSet()),
                texts(settings, AgentSettingKeys.EXCLUDE_PROCESSES),
                texts(settings, AgentSettingKeys.NETNS),
                new Sockets(
                        settings.bool(AgentSettingKeys.SOCKETS_ENABLED),
                        settings.duration(AgentSettingKeys.SOCKETS_POLL_INTERVAL),
                        settings.integer(AgentSettingKeys.SOCKETS_FULL_EVERY),
                        settings.decimal(AgentSettingKeys.SOCKETS_CPU_SHARE)),
                settings.kafka(),
                RegistryConfig.of(settings::string, settings::secret, System.getenv())
                        .orElse(null),
                settings.hash());
    }

    /** What the promises to readers rest on must not be configured away. */
    private static void check(Settings settings) {
        List<Problem> problems = new ArrayList<>();
        Map<String, String> kafka = settings.kafka();
        String acks = kafka.getOrDefault(ProducerConfig.ACKS_CONFIG, "all");
        if (!acks.equals("all") && !acks.equals("-1")) {
            problems.add(
                    settings.problem("kafka." + ProducerConfig.ACKS_CONFIG, "must be all: batches would get lost"));
        }
        if (!kafka.getOrDefault(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true")
                .equals("true")) {
            problems.add(settings.problem(
                    "kafka." + ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                    "must be true: batches would lose their order"));
        }
        if (settings.duration(AgentSettingKeys.CONTROL_FLUSH_INTERVAL)
                        .compareTo(settings.duration(AgentSettingKeys.FLUSH_INTERVAL))
                > 0) {
            problems.add(settings.problem(
                    AgentSettingKeys.CONTROL_FLUSH_INTERVAL,
                    "must not be longer than " + AgentSettingKeys.FLUSH_INTERVAL));
        }
        checkFidelities(settings, problems);
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }

    private static FidelityByPort fidelity(Settings settings) {
        return new FidelityByPort(
                Fidelity.ofLabel(settings.string(AgentSettingKeys.FIDELITY)),
                Map.of(
                        Fidelity.ALL, ports(settings, AgentSettingKeys.FIDELITY_ALL_PORTS),
                        Fidelity.COALESCED, ports(settings, AgentSettingKeys.FIDELITY_COALESCED_PORTS),
                        Fidelity.CONTROL, ports(settings, AgentSettingKeys.FIDELITY_CONTROL_PORTS)));
    }

    private static void checkFidelities(Settings settings, List<Problem> problems) {
        Set<Integer> named = new HashSet<>();
        for (String key : List.of(
                AgentSettingKeys.FIDELITY_ALL_PORTS,
                AgentSettingKeys.FIDELITY_COALESCED_PORTS,
                AgentSettingKeys.FIDELITY_CONTROL_PORTS)) {
            for (int port : ports(settings, key)) {
                if (!named.add(port)) {
                    problems.add(settings.problem(key, "port " + port + " has another fidelity already"));
                }
            }
        }
    }

    private static Set<Integer> ports(Settings settings, String key) {
        return texts(settings, key).stream().map(Integer::valueOf).collect(Collectors.toUnmodifiableSet());
    }

    private static Set<AddressBlock> addresses(Settings settings, String key) {
        return texts(settings, key).stream().map(AddressBlock::parse).collect(Collectors.toUnmodifiableSet());
    }

    private static Set<String> texts(Settings settings, String key) {
        return settings.list(key).stream().map(String::strip).collect(Collectors.toUnmodifiableSet());
    }

    /** Without {@link #kafka}, which may hold secrets. */
    @Override
    public String toString() {
        return "AgentSettings " + hash;
    }
}
