package io.loopscope.processor.app;

import io.loopscope.schemas.Topic;
import io.loopscope.settings.Settings;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;

/**
 * What the processor has to be allowed, and how to allow it. A broker says which resource it refuses, not which operation.
 *
 * @param bootstrapServers where the brokers are
 * @param applicationId with which the names of the processor's own topics, group and transactional ids begin
 */
record Permissions(String bootstrapServers, String applicationId) {

    static Permissions of(Settings settings) {
        return new Permissions(
                String.valueOf(settings.kafka().get("bootstrap.servers")),
                settings.string(ProcessorSettings.APPLICATION_ID));
    }

    /** What is refused and the command that allows it. */
    String remedy(Throwable refusal) {
        TopicAuthorizationException topics = KafkaFailure.find(refusal, TopicAuthorizationException.class);
        if (topics != null) {
            return command(topics.unauthorizedTopics());
        }
        if (KafkaFailure.find(refusal, GroupAuthorizationException.class) != null) {
            return command("--operation Read --group " + applicationId);
        }
        if (KafkaFailure.find(refusal, TransactionalIdAuthorizationException.class) != null) {
            return command("--operation Write --operation Describe --transactional-id " + applicationId
                    + " --resource-pattern-type prefixed");
        }
        if (KafkaFailure.find(refusal, ClusterAuthorizationException.class) != null) {
            return command("--operation Create --cluster")
                    + "\n  or create the topics yourself and set topics.create: false.";
        }
        if (KafkaFailure.find(refusal, AuthenticationException.class) != null) {
            return "Check the credentials in the kafka section.";
        }
        return "See the permissions that docs/operating/processor.md lists.";
    }

    /** An answer about many topics does not name the one that is refused. */
    private String command(Set<String> refused) {
        Set<String> topics =
                refused.isEmpty() ? Topic.CATALOGUE.stream().map(Topic::name).collect(Collectors.toSet()) : refused;
        return new TreeSet<>(topics)
                .stream().map(this::operations).distinct().map(this::command).collect(Collectors.joining("\n  "));
    }

    private String operations(String topic) {
        if (topic.equals(Topic.CAPTURE.name())) {
            return "--operation Read --operation Describe --topic " + topic;
        }
        return Topic.CATALOGUE.stream().anyMatch(known -> known.name().equals(topic))
                ? "--operation Write --operation Describe --topic " + topic
                : "--operation All --topic " + applicationId + " --resource-pattern-type prefixed";
    }

    private String command(String operations) {
        return "Allow it: kafka-acls.sh --bootstrap-server " + bootstrapServers + " --add --allow-principal User:NAME "
                + operations;
    }
}
