package io.loopscope.processor.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loopscope.processor.streams.ConnectionTopology;
import io.loopscope.settings.ConfigurationException;
import java.util.Map;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;

class StreamsPropertiesTest {

    @Test
    void everyEventIsPublishedExactlyOnce() {
        Map<String, Object> properties = properties();

        assertThat(properties)
                .containsEntry("processing.guarantee", "exactly_once_v2")
                .containsEntry("commit.interval.ms", 200L)
                .containsEntry("ensure.explicit.internal.resource.naming", true)
                .containsEntry("application.id", "loopscope-processor")
                .containsEntry("bootstrap.servers", "127.0.0.1:9092");
    }

    @Test
    void streamsHasNothingToWarnOfAtEveryStart() {
        String handler = "processing.exception.handler.global.enabled";

        assertThat(properties()).containsEntry(handler, true);
        assertThat(new StreamsConfig(properties()).getMainConsumerConfigs("group", "c", 0))
                .as("what the assignor of partitions makes its own configuration of")
                .containsEntry(handler, true);
    }

    @Test
    void kafkaSectionReachesEveryClient() {
        StreamsConfig streams = new StreamsConfig(properties(
                "kafka.security.protocol=SASL_SSL",
                "kafka.session.timeout.ms=20000",
                "kafka.producer.linger.ms=7",
                "kafka.main.consumer.max.poll.records=9",
                "processor.standby.replicas=1"));

        assertThat(streams.getAdminConfigs("a")).containsEntry("security.protocol", "SASL_SSL");
        assertThat(streams.getProducerConfigs("p"))
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("linger.ms", "7")
                .containsEntry("compression.type", "zstd");
        assertThat(streams.getMainConsumerConfigs("group", "c", 0))
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("session.timeout.ms", "20000")
                .containsEntry("max.poll.records", "9")
                .containsEntry("isolation.level", "read_committed");
        assertThat(streams.getInt("num.standby.replicas")).isEqualTo(1);
    }

    @Test
    void streamsGroupProtocolLeavesTheSessionToTheBrokers() {
        assertThat(properties()).containsEntry("session.timeout.ms", 10_000);
        assertThat(properties("kafka.group.protocol=streams")).doesNotContainKey("session.timeout.ms");
    }

    @Test
    void processorWithANameIsAStaticMemberThatStaysInTheGroup() {
        StreamsConfig streams = new StreamsConfig(properties("processor.instance.id=rack-1"));

        assertThat(streams.getMainConsumerConfigs("group", "c", 2))
                .containsEntry("group.instance.id", "rack-1-2")
                .containsEntry("session.timeout.ms", 45_000);
        assertThat(membership("processor.instance.id=rack-1").leavesAtStop()).isFalse();
        assertThat(membership("processor.instance.id=rack-1", "processor.stop.leave.group=true")
                        .leavesAtStop())
                .isTrue();
        assertThat(membership().leavesAtStop()).isTrue();
        assertThat(membership("processor.stop.leave.group=false").leavesAtStop())
                .isFalse();
    }

    @Test
    void whatTheStreamsProtocolDoesNotKnowIsRefusedWithAWayOut() {
        assertThatThrownBy(() -> properties(
                        "kafka.group.protocol=streams", "processor.instance.id=rack-1", "processor.standby.replicas=1"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(
                        "processor.instance.id: 'rack-1' cannot be used with kafka.group.protocol: streams")
                .hasMessageContaining("--entity-name loopscope-processor --add-config streams.num.standby.replicas=1");
    }

    @Test
    void whatHasASettingOfItsOwnIsRefusedInTheKafkaSection() {
        assertThatThrownBy(() -> properties("kafka.application.id=x", "kafka.num.stream.threads=3"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("kafka.application.id: 'x' has a setting of its own: processor.application.id")
                .hasMessageContaining("kafka.num.stream.threads: '3' has a setting of its own: processor.threads");
    }

    @Test
    void largestRequestOfTheProducerBoundsWhatIsPublished() {
        assertThat(largest()).isEqualTo(1_048_576);
        assertThat(largest("kafka.producer.max.request.size=5000")).isEqualTo(5_000);
        assertThat(largest("kafka.max.request.size=7000")).isEqualTo(7_000);
    }

    private static int largest(String... given) {
        return ConnectionTopology.limits(properties(given)).largestRequest();
    }

    @Test
    void valueThatKafkaRefusesIsAProblemOfTheConfiguration() {
        assertThatThrownBy(() -> properties("kafka.max.warmup.replicas=many"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("max.warmup.replicas");
    }

    private static GroupMembership membership(String... given) {
        return GroupMembership.of(DetectorChoiceTest.settings(given));
    }

    private static Map<String, Object> properties(String... given) {
        return StreamsProperties.of(DetectorChoiceTest.settings(given));
    }
}
