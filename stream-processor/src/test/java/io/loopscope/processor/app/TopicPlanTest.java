package io.loopscope.processor.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loopscope.processor.app.TopicPlan.Existing;
import io.loopscope.processor.app.TopicPlan.Wish;
import io.loopscope.schemas.Topic;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicPlanTest {
    private static final String CHANGELOG = "app-connections-changelog";

    @Test
    void missingTopicsAreCreatedAsTheCatalogueSays() {
        TopicPlan plan = plan(Map.of(), wish(true, 0));

        assertThat(plan.create()).isEqualTo(Topic.CATALOGUE);
        assertThat(plan.partitions()).containsEntry(Topic.CAPTURE.name(), 96).containsEntry(Topic.CENSUS.name(), 12);
    }

    @Test
    void givenNumberOfPartitionsHoldsForAll() {
        assertThat(plan(Map.of(), wish(true, 4)).partitions().values()).containsOnly(4);
    }

    @Test
    void topicsThatExistAreTakenAsTheyAre() {
        TopicPlan plan = plan(all(3), wish(false, 0));

        assertThat(plan.create()).isEmpty();
        assertThat(plan.warnings()).isEmpty();
    }

    @Test
    void missingTopicThatMayNotBeCreatedIsNamedWithTheCommand() {
        Map<String, Existing> existing = all(3);
        existing.remove(Topic.ANOMALIES.name());

        assertThatThrownBy(() -> plan(existing, wish(false, 3)))
                .isInstanceOfSatisfying(OperatingException.class, failure -> {
                    assertThat(failure.exitCode()).isEqualTo(ExitCode.BAD_CONFIGURATION);
                    assertThat(failure).hasMessage("missing on broker:9092: loopscope.anomalies.v1");
                    assertThat(failure.remedy())
                            .contains("kafka-topics.sh --bootstrap-server broker:9092 --create --topic"
                                    + " loopscope.anomalies.v1 --partitions 3 --config cleanup.policy=compact");
                });
    }

    @Test
    void captureTopicWithAnotherNumberThanGivenIsRefused() {
        refuses(all(3), wish(true, 4), "topic loopscope.capture.v1 has 3 partitions, topics.partitions says 4");
    }

    @Test
    void stateThatWasMadeWithAnotherNumberIsRefused() {
        Map<String, Existing> existing = all(3);
        existing.put(CHANGELOG, new Existing(2, "compact"));

        refuses(
                existing,
                wish(true, 0),
                "topic loopscope.capture.v1 has 3 partitions, but the state in " + CHANGELOG + " was made with 2");
    }

    @Test
    void topicThatKeepsWhatItShouldCompactIsWarnedOf() {
        Map<String, Existing> existing = all(3);
        existing.put(Topic.ANOMALIES.name(), new Existing(3, "delete"));
        existing.put(Topic.CENSUS.name(), new Existing(3, null));

        assertThat(plan(existing, wish(true, 0)).warnings())
                .singleElement()
                .asString()
                .contains("loopscope.anomalies.v1 has cleanup.policy=delete and should have compact");
    }

    private static void refuses(Map<String, Existing> existing, Wish wish, String message) {
        assertThatThrownBy(() -> plan(existing, wish))
                .isInstanceOfSatisfying(OperatingException.class, failure -> {
                    assertThat(failure.exitCode()).isEqualTo(ExitCode.BAD_CONFIGURATION);
                    assertThat(failure.remedy()).isNotBlank();
                })
                .hasMessage(message);
    }

    private static TopicPlan plan(Map<String, Existing> existing, Wish wish) {
        return TopicPlan.of(Topic.CATALOGUE, existing, wish);
    }

    private static Wish wish(boolean create, int partitions) {
        return new Wish(create, partitions, "broker:9092", List.of(CHANGELOG));
    }

    private static Map<String, Existing> all(int partitions) {
        Map<String, Existing> existing = new HashMap<>();
        Topic.CATALOGUE.forEach(topic -> existing.put(
                topic.name(), new Existing(partitions, topic.settings().get("cleanup.policy"))));
        return existing;
    }
}
