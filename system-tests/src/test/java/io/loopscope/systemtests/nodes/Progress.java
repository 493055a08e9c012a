package io.loopscope.systemtests.nodes;

import io.loopscope.schemas.Topic;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;

/** How far the processors have come: by what they have committed, and whether a transaction is still open. */
final class Progress {
    private final Admin admin;
    private final String group;
    private final Collection<Program> watched;

    /** {@code watched} have to live meanwhile. */
    Progress(Admin admin, String applicationId, Collection<Program> watched) {
        this.admin = admin;
        group = applicationId;
        this.watched = watched;
    }

    /** Returns when everything on the capture topic has been processed, and everything that was published can be read. */
    void awaitAllProcessed() {
        await(
                "everything on " + Topic.CAPTURE.name() + " is processed and committed",
                Limits.SETTLE,
                () -> behind().isEmpty());
        await("no transaction is open any more", Limits.SETTLE, () -> openEnds().isEmpty());
    }

    private void await(String what, Duration most, Callable<Boolean> condition) {
        try {
            Awaitility.await(what)
                    .atMost(most)
                    .pollInterval(Limits.POLL)
                    .ignoreExceptionsInstanceOf(ExecutionException.class)
                    .failFast(() -> watched.forEach(Program::requireAlive))
                    .until(condition);
        } catch (ConditionTimeoutException | TerminalFailureException e) {
            throw new AssertionError(
                    "waited in vain until " + what + ": " + describe() + "\n"
                            + watched.stream().map(Program::tail).collect(Collectors.joining("\n")),
                    e);
        }
    }

    private String describe() {
        try {
            return "behind " + behind() + ", open transactions before " + openEnds();
        } catch (ExecutionException e) {
            return "the brokers do not say where: " + e.getCause();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    /** Partitions of the capture topic that are not processed to their end, and how many records are missing. */
    private Map<TopicPartition, Long> behind() throws ExecutionException, InterruptedException {
        var committed = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get();
        Map<TopicPartition, Long> behind = new TreeMap<>(BY_NAME);
        ends(List.of(Topic.CAPTURE.name()), IsolationLevel.READ_UNCOMMITTED).forEach((partition, end) -> {
            var offset = committed.get(partition);
            long left = end - (offset == null ? 0 : offset.offset());
            if (left > 0) {
                behind.put(partition, left);
            }
        });
        return behind;
    }

    private Map<TopicPartition, Long> openEnds() throws ExecutionException, InterruptedException {
        Map<TopicPartition, Long> all = ends(FreshTopics.outputs(), IsolationLevel.READ_UNCOMMITTED);
        Map<TopicPartition, Long> stable = ends(FreshTopics.outputs(), IsolationLevel.READ_COMMITTED);
        Map<TopicPartition, Long> open = new TreeMap<>(BY_NAME);
        all.forEach((partition, end) -> {
            if (stable.get(partition) < end) {
                open.put(partition, end - stable.get(partition));
            }
        });
        return open;
    }

    private static final java.util.Comparator<TopicPartition> BY_NAME =
            java.util.Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition);

    private Map<TopicPartition, Long> ends(Collection<String> topics, IsolationLevel isolation)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> wanted = topics.stream()
                .flatMap(topic -> IntStream.range(0, FreshTopics.PARTITIONS)
                        .mapToObj(partition -> new TopicPartition(topic, partition)))
                .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
        return admin.listOffsets(wanted, new ListOffsetsOptions(isolation)).all().get().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, end -> end.getValue().offset()));
    }
}
