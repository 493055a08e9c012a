package io.loopscope.benchmarks.processor;

import io.loopscope.processor.app.Processor;
import io.loopscope.processor.streams.ProcessorStatistics;
import io.loopscope.settings.Logging;
import io.loopscope.settings.Settings;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** What open connections cost that do nothing: heap, changelog, heartbeats, a restore, and their end. */
final class OpenConnections {
    private static final long POLL_MS = 20;
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    private final String bootstrap;
    private final OpenHosts hosts;
    private final Settings settings;

    private OpenConnections(String bootstrap, OpenHosts hosts, Settings settings) {
        this.bootstrap = bootstrap;
        this.hosts = hosts;
        this.settings = settings;
    }

    /**
     * Opens connections and measures.
     *
     * @param args bootstrap servers, number of connections, settings as {@code key=value}
     */
    public static void main(String[] args) throws Exception {
        Settings settings =
                ProcessorCost.settings(args[0], "open", List.of(args).subList(2, args.length));
        Logging.start(settings);
        try (CaptureTopic topic = CaptureTopic.create(args[0])) {
            OpenHosts hosts = new OpenHosts(topic, Integer.parseInt(args[1]));
            new OpenConnections(args[0], hosts, settings).run();
        }
    }

    private void run() throws Exception {
        hosts.open();
        long heapBefore = heap();
        try (Processor processor = Processor.start(settings)) {
            long cpu = Cost.cpuNanos();
            awaitHeartbeats(processor, hosts.heartbeatsSent());
            tell("opening, with heartbeats until they are idle", cpu, hosts.connections(), "connection");
            long used = heap() - heapBefore;
            print("heap after GC %,d MiB, %d octets a connection", used >> 20, used / hosts.connections());
            print("changelogs %,d MiB on disk", ProcessorCost.octets(bootstrap, "open-") >> 20);
            heartbeats(processor, 20);
        }
        restore();
    }

    private void heartbeats(Processor processor, int rounds) throws InterruptedException {
        long before = hosts.heartbeatsSent();
        hosts.heartbeats(rounds);
        long cpu = Cost.cpuNanos();
        awaitHeartbeats(processor, hosts.heartbeatsSent());
        tell("heartbeats with nothing due", cpu, hosts.heartbeatsSent() - before, "heartbeat");
    }

    /** The state in memory is lost with the processor; the next one has the changelog. */
    private void restore() throws InterruptedException {
        long start = System.nanoTime();
        long cpu = Cost.cpuNanos();
        try (Processor processor = Processor.start(settings)) {
            processor.awaitRunning(PATIENCE);
            print("restored after %.1f s", (System.nanoTime() - start) / 1e9);
            hosts.heartbeats(1);
            awaitHeartbeats(processor, OpenHosts.HOSTS);
            print("each host works after %.1f s", (System.nanoTime() - start) / 1e9);
            tell("restore", cpu, hosts.connections(), "connection");
            print("heap after GC %,d MiB", heap() >> 20);
            long before = processor.statistics().connectionEvents();
            hosts.aDayLater();
            cpu = Cost.cpuNanos();
            await(processor, statistics -> statistics.connectionEvents() - before, hosts.connections());
            tell("all time out, each with an event", cpu, hosts.connections(), "connection");
        }
    }

    static void awaitHeartbeats(Processor processor, long enough) throws InterruptedException {
        await(processor, ProcessorStatistics::heartbeats, enough);
    }

    private static void await(Processor processor, ToLongFunction<ProcessorStatistics> done, long enough)
            throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (done.applyAsLong(processor.statistics()) < enough) {
            if (processor.failure().isPresent() || System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "not done: " + processor.statistics().summary());
            }
            Thread.sleep(POLL_MS);
        }
    }

    private static long heap() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static void tell(String what, long cpuBefore, long number, String of) {
        double micros = (Cost.cpuNanos() - cpuBefore) / 1e3;
        print("%s: %.1f s CPU, %.2f us a %s", what, micros / 1e6, micros / number, of);
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, "  " + format + "%n", values);
    }
}
