package io.loopscope.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;

class HostPartitionerTest {
    @Test
    void aHostIsWhereAnAgentsProducerPutsIt() {
        for (int i = 0; i < 1000; i++) {
            String host = "host-ü-" + i;
            HostPartitioner partitioner = new HostPartitioner();

            assertThat(partitioner.partitions("any", host, null, 24))
                    .contains(Set.of(BuiltInPartitioner.partitionForKey(host.getBytes(StandardCharsets.UTF_8), 24)));
            assertThat(partitioner.partitions).isEqualTo(24);
        }
    }
}
