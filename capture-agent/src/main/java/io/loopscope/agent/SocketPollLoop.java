package io.loopscope.agent;

import io.loopscope.agent.sockets.SocketPoll;
import io.loopscope.agent.sockets.SocketPolling;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The polling thread: reads the kernel's socket table again and again. Nobody waits for it. */
final class SocketPollLoop implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SocketPollLoop.class);
    private static final long RETRY_MS = 20;

    private final SocketPolling polling;
    private final PollPace pace;
    private final Pipeline pipeline;
    private final PollExchange exchange;
    private final SocketCounters counters;
    private final AgentSettings.Sockets settings;
    private final LongSupplier clock;
    private final LongSupplier cpuNs;
    private final CountDownLatch stop = new CountDownLatch(1);
    private long nextId;
    private int sinceFull;
    private boolean fullWanted = true;
    private long failedReports;
    private List<String> trouble = List.of();
    /** Limitations that are in the log already. */
    private final Set<String> told = new HashSet<>();

    /**
     * A loop that has not begun.
     *
     * @param clock nanoseconds since 1970-01-01T00:00:00Z
     * @param cpuNs CPU time of the thread that asks
     */
    SocketPollLoop(
            SocketPolling polling,
            Pipeline pipeline,
            AgentSettings.Sockets settings,
            LongSupplier clock,
            LongSupplier cpuNs) {
        this.polling = polling;
        this.pipeline = pipeline;
        this.settings = settings;
        this.clock = clock;
        this.cpuNs = cpuNs;
        pace = new PollPace(settings.interval(), settings.cpuShare());
        exchange = pipeline.polls();
        counters = pipeline.counters().sockets;
    }

    @Override
    public void run() {
        try (polling) {
            long next = System.nanoTime();
            do {
                next = Math.max(next, System.nanoTime());
                if (!exchange.isWaiting()) {
                    poll();
                    next += pace.interval().toNanos();
                } else { // The one before has found no time to be sent yet.
                    next += TimeUnit.MILLISECONDS.toNanos(RETRY_MS);
                }
            } while (!stop.await(next - System.nanoTime(), TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) { // A bug. The capture goes on, and the promise of its watermark too.
            LOG.error("The kernel's socket table is not read any more", e);
            exchange.limitations(List.of("the kernel's socket table is not read any more: " + e));
            exchange.abandon();
        }
    }

    private void poll() {
        long before = cpuNs.getAsLong();
        boolean full = isFullDue();
        long timeNs = exchange.begin(clock);
        try {
            SocketPoll poll = polling.poll(nextId, timeNs, full);
            exchange.offer(poll, clock.getAsLong());
            pipeline.doorbell().ring();
            nextId++;
            sinceFull = full ? 1 : sinceFull + 1;
            fullWanted = false;
            counters.polls.increment();
            trouble = List.of();
        } catch (IOException e) {
            exchange.abandon();
            counters.failed.increment();
            logOnce(e);
            trouble = List.of("the kernel's socket table cannot be read: " + e.getMessage());
        }
        counters.read(polling);
        // Of this poll reading, of the one before telling.
        long cost = cpuNs.getAsLong() - before + exchange.takeSendingCostNs();
        counters.cpuNs.add(cost);
        pace.polled(cost);
        polling.limitations().stream().filter(told::add).forEach(SocketPollLoop::warn);
        exchange.limitations(limitations());
    }

    private static void warn(String limitation) {
        LOG.warn("Not everything can be seen: {}", limitation);
    }

    /** Also after reports that were lost on their way to Kafka; wanted until a poll has succeeded. */
    private boolean isFullDue() {
        long failed = pipeline.publisher().failedReports();
        fullWanted |= exchange.takeFullWanted() || failed != failedReports;
        failedReports = failed;
        return fullWanted || sinceFull >= settings.fullEvery();
    }

    private void logOnce(IOException e) {
        if (trouble.isEmpty()) {
            LOG.warn("The kernel's socket table cannot be read: {}", e.getMessage());
        }
    }

    private List<String> limitations() {
        List<String> all = new ArrayList<>(trouble);
        all.addAll(polling.limitations());
        if (pace.isStretched()) {
            all.add(
                    "the socket table is read every %s ms instead of every %s ms, because one reading and telling what changed costs %s ms of CPU"
                            .formatted(
                                    pace.interval().toMillis(),
                                    settings.interval().toMillis(),
                                    Duration.ofNanos(pace.costNs()).toMillis()));
        }
        return all;
    }

    /** Asks it to end; it does when the poll at hand is done. */
    @Override
    public void close() {
        stop.countDown();
    }
}
