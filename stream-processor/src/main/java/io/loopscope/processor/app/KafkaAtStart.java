package io.loopscope.processor.app;

import io.loopscope.processor.app.Readiness.Cause;
import io.loopscope.processor.streams.RecordLimits;
import io.loopscope.settings.ConfigurationException;
import io.loopscope.settings.DurationText;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import io.loopscope.settings.Problem;
import io.loopscope.settings.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** Waits at the start until Kafka answers and the topics are there: a broker may be starting too. */
final class KafkaAtStart {
    private static final int REQUEST_TIMEOUT_MS = 10_000;
    private static final long PAUSE_MS = 250;

    private final Settings settings;
    private final Map<String, Object> adminProperties;
    private final Duration timeout;
    private final long deadlineNanos;
    private final ReadinessBoard board;
    private final RecordLimits limits;

    KafkaAtStart(Settings settings, Map<String, Object> adminProperties, ReadinessBoard board, RecordLimits limits) {
        this.limits = limits;
        this.settings = settings;
        this.board = board;
        this.adminProperties = adminProperties;
        timeout = settings.duration(ProcessorSettings.START_TIMEOUT);
        deadlineNanos = System.nanoTime() + timeout.toNanos();
    }

    /**
     * Returns when everything is there.
     *
     * @throws OperatingException when it is not in time, or can't be without somebody doing something
     */
    void await() {
        try (Admin admin = admin()) {
            KafkaTopics topics = new KafkaTopics(admin, settings, limits);
            @Nullable Exception last = null;
            do {
                try {
                    if (topics.prepare(requestTimeoutMs())) {
                        board.clear(Cause.KAFKA_UNREACHABLE);
                        return;
                    }
                } catch (ExecutionException e) {
                    if (!KafkaFailure.isRetriable(e)) {
                        throw KafkaFailure.explain("to prepare the topics", e, Permissions.of(settings));
                    }
                    last = e;
                    waitsFor(e);
                }
            } while (pause());
            throw unreachable(last);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(e);
        }
    }

    private Admin admin() throws InterruptedException {
        KafkaException last;
        do {
            try {
                return Admin.create(adminProperties);
            } catch (KafkaException e) {
                if (!isUnknownName(e)) {
                    throw new ConfigurationException(List.of(new Problem(
                            "kafka section", String.valueOf(KafkaFailure.root(e).getMessage()))));
                }
                last = e; // A name may not be known yet while a machine starts.
                waitsFor(e);
            }
        } while (pause());
        throw unreachable(last);
    }

    private static boolean isUnknownName(KafkaException e) {
        return KafkaFailure.root(e) instanceof ConfigException cause
                && String.valueOf(cause.getMessage()).startsWith("No resolvable bootstrap urls");
    }

    private int requestTimeoutMs() {
        long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
        return (int) Math.max(1, Math.min(REQUEST_TIMEOUT_MS, leftMs));
    }

    private boolean pause() throws InterruptedException {
        if (System.nanoTime() - deadlineNanos > 0) {
            return false;
        }
        Thread.sleep(PAUSE_MS);
        return true;
    }

    private void waitsFor(Exception failure) {
        board.raise(
                Cause.KAFKA_UNREACHABLE,
                "no broker has answered yet at " + servers() + " (" + KafkaFailure.text(KafkaFailure.root(failure))
                        + ")",
                KafkaFailure.CHECK_ADDRESS,
                Instant.now());
    }

    private String servers() {
        return String.valueOf(settings.kafka().get("bootstrap.servers"));
    }

    private OperatingException unreachable(@Nullable Exception last) {
        return KafkaFailure.unreachable(servers(), DurationText.format(timeout), last);
    }

    private static OperatingException interrupted(InterruptedException e) {
        return new OperatingException("stopped while waiting for Kafka", "", ExitCode.FAILURE, e);
    }
}
