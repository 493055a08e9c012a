package io.loopscope.agent.doctor;

import io.loopscope.agent.publish.KafkaCheckup;
import io.loopscope.agent.publish.KafkaCheckup.TopicState;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import java.util.List;
import java.util.stream.Collectors;

/** Whether Kafka has the topics, and lets this agent write to its own. */
final class TopicsCheck implements Check {
    private final KafkaCheckup kafka;

    TopicsCheck(KafkaCheckup kafka) {
        this.kafka = kafka;
    }

    @Override
    public Finding look() {
        try {
            return judge(kafka.servers(), kafka.topics());
        } catch (OperatingException e) {
            return Finding.failed(Subject.TOPICS, e);
        }
    }

    static Finding judge(String servers, List<TopicState> topics) {
        String saw = topics.stream().map(TopicsCheck::describe).collect(Collectors.joining("\n"));
        String remedy = topics.stream()
                .filter(topic -> topic.partitions() == 0)
                .map(topic -> "kafka-topics.sh --bootstrap-server %s --create --topic %s --partitions %d%s"
                        .formatted(servers, topic.name(), topic.wantedPartitions(), settings(topic)))
                .collect(Collectors.joining("\n"));
        boolean captureMissing = topics.stream().anyMatch(topic -> topic.written() && topic.partitions() == 0);
        if (captureMissing) {
            return Finding.failed(Subject.TOPICS, saw, remedy, ExitCode.KAFKA_UNAVAILABLE);
        }
        if (topics.stream().anyMatch(topic -> topic.written() && !topic.writable())) {
            return Finding.failed(
                    Subject.TOPICS,
                    saw,
                    "Give this agent's principal WRITE and DESCRIBE on the topic: kafka-acls.sh --producer",
                    ExitCode.NO_PERMISSION);
        }
        return remedy.isEmpty()
                ? Finding.ok(Subject.TOPICS, saw)
                : Finding.warning(Subject.TOPICS, saw + "\nthe processor needs them all", remedy);
    }

    private static String describe(TopicState topic) {
        if (topic.partitions() == 0) {
            return topic.name() + " is not there";
        }
        String refused = topic.written() && !topic.writable() ? "; may not be written" : "";
        return "%s, %d %s%s"
                .formatted(
                        topic.name(),
                        topic.partitions(),
                        topic.partitions() == 1 ? "partition" : "partitions",
                        refused);
    }

    private static String settings(TopicState topic) {
        return topic.settings().entrySet().stream()
                .map(setting -> " --config " + setting.getKey() + "=" + setting.getValue())
                .sorted()
                .collect(Collectors.joining());
    }
}
