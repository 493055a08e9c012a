package io.loopscope.systemtests.harness;

import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;

/** How far the processor has come, by the offsets that it has committed. */
final class ConsumerProgress implements AutoCloseable {
    /** The default of {@code processor.application.id}. */
    private static final String GROUP = "loopscope-processor";

    private final Admin admin;

    ConsumerProgress(String bootstrapServers) {
        admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers));
    }

    /** Waits until the processor has committed what it made of this record and of all before it. */
    void awaitBeyond(TopicRecord record, ChildProcess processor) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        try {
            Awaitility.await("the processor commits beyond offset " + record.offset() + " of " + partition)
                    .atMost(Waits.PROGRAM)
                    .pollInterval(Waits.POLL)
                    .failFast("the processor has ended", () -> !processor.isAlive())
                    .until(() -> committed(partition) > record.offset());
        } catch (ConditionTimeoutException | TerminalFailureException e) {
            throw new AssertionError(e.getMessage() + "\n" + processor.tail(), e);
        }
    }

    private long committed(TopicPartition partition) throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets(GROUP)
                .partitionsToOffsetAndMetadata()
                .get();
        OffsetAndMetadata offset = offsets.get(partition);
        return offset == null ? -1 : offset.offset();
    }

    @Override
    public void close() {
        admin.close();
    }
}
