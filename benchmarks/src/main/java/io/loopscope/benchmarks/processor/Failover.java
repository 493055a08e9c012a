package io.loopscope.benchmarks.processor;

import io.loopscope.processor.app.Processor;
import io.loopscope.settings.Logging;
import io.loopscope.settings.Settings;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** How long hosts go without a processor when theirs is killed and another one runs, without and with a standby. */
final class Failover {
    private static final Duration WINDOW = Duration.ofSeconds(3);
    private static final int WINDOWS_AT_LEAST = 4;
    private static final double IDLE = 0.1;

    private final String bootstrap;
    private final OpenHosts hosts;
    private final List<String> settings;

    private Failover(String bootstrap, OpenHosts hosts, List<String> settings) {
        this.bootstrap = bootstrap;
        this.hosts = hosts;
        this.settings = settings;
    }

    /**
     * Opens connections and kills.
     *
     * @param args bootstrap servers, number of connections, settings as {@code key=value}
     */
    public static void main(String[] args) throws Exception {
        try (CaptureTopic topic = CaptureTopic.create(args[0])) {
            OpenHosts hosts = new OpenHosts(topic, Integer.parseInt(args[1]));
            hosts.open();
            Failover failover = new Failover(args[0], hosts, List.of(args).subList(2, args.length));
            failover.run(0);
            failover.run(1);
        }
    }

    private void run(int standbys) throws Exception {
        String application = "failover-" + standbys;
        List<String> given = new ArrayList<>(settings);
        given.add("processor.standby.replicas=" + standbys);
        Process first = start(application, given);
        try {
            awaitAllRead(application);
            Settings second = ProcessorCost.settings(bootstrap, application, given);
            Logging.start(second);
            try (Processor processor = Processor.start(second)) {
                awaitIdle();
                long before = processor.statistics().heartbeats();
                first.destroyForcibly();
                long killed = System.nanoTime();
                hosts.heartbeats(1);
                OpenConnections.awaitHeartbeats(processor, before + OpenHosts.HOSTS);
                System.out.printf(
                        Locale.ROOT,
                        "  %d open connections, processor.standby.replicas %d: %.1f s after the kill -9 each host works"
                                + " again%n",
                        hosts.connections(),
                        standbys,
                        (System.nanoTime() - killed) / 1e9);
            }
        } finally {
            first.destroyForcibly().waitFor();
        }
    }

    /** It ends when its input does, and so with this process. */
    private Process start(String application, List<String> given) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), KilledProcessor.class.getName()));
        command.addAll(List.of(bootstrap, application));
        command.addAll(given);
        return new ProcessBuilder(command)
                .redirectOutput(Redirect.INHERIT)
                .redirectError(Redirect.INHERIT)
                .start();
    }

    /** The processor that will be killed. */
    static final class KilledProcessor {
        private KilledProcessor() {}

        /**
         * Runs until its input ends.
         *
         * @param args bootstrap servers, application id, settings as {@code key=value}
         */
        public static void main(String[] args) throws Exception {
            Settings settings =
                    ProcessorCost.settings(args[0], args[1], List.of(args).subList(2, args.length));
            Logging.start(settings);
            try (Processor processor = Processor.start(settings)) {
                while (System.in.read() >= 0 && processor.failure().isEmpty()) {
                    // Nobody says anything.
                }
            }
        }
    }

    private void awaitAllRead(String group) throws ExecutionException, InterruptedException {
        List<TopicPartition> partitions = IntStream.range(0, CaptureTopic.PARTITIONS)
                .mapToObj(CaptureTopic::partition)
                .toList();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            var ends = admin.listOffsets(partitions.stream()
                            .collect(Collectors.toMap(Function.identity(), one -> OffsetSpec.latest())))
                    .all()
                    .get();
            boolean all = false;
            while (!all) {
                Thread.sleep(WINDOW.toMillis());
                Map<TopicPartition, OffsetAndMetadata> read = admin.listConsumerGroupOffsets(group)
                        .partitionsToOffsetAndMetadata()
                        .get();
                all = partitions.stream().allMatch(one -> {
                    OffsetAndMetadata committed = read.get(one);
                    return committed != null
                            && committed.offset()
                                    >= Objects.requireNonNull(ends.get(one)).offset();
                });
            }
        }
    }

    /** A standby that has caught up does next to nothing. */
    private static void awaitIdle() throws InterruptedException {
        double busy = 1;
        for (int windows = 0; windows < WINDOWS_AT_LEAST || busy > IDLE; windows++) {
            long cpu = Cost.cpuNanos();
            Thread.sleep(WINDOW.toMillis());
            busy = (Cost.cpuNanos() - cpu) / (double) WINDOW.toNanos();
        }
    }
}
