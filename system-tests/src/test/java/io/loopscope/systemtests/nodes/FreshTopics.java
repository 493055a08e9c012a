package io.loopscope.systemtests.nodes;

import io.loopscope.schemas.Topic;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartitionInfo;
import org.awaitility.Awaitility;

/** Empty topics of the catalogue for each round; the state of the round before goes. */
final class FreshTopics {
    static final int PARTITIONS = 6;

    private static final short REPLICAS = 3;

    private FreshTopics() {}

    static void make(Admin admin) {
        try {
            Set<String> old = admin.listTopics().names().get();
            admin.deleteTopics(old).all().get();
            await("the old topics are gone")
                    .until(() -> admin.listTopics().names().get().isEmpty());
            admin.createTopics(Topic.CATALOGUE.stream().map(FreshTopics::made).toList())
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the brokers do not make topics", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        await("the new topics have all replicas").until(() -> isWhole(admin));
    }

    private static NewTopic made(Topic topic) {
        return new NewTopic(topic.name(), PARTITIONS, REPLICAS).configs(topic.settings());
    }

    private static boolean isWhole(Admin admin) throws ExecutionException, InterruptedException {
        List<String> names = Topic.CATALOGUE.stream().map(Topic::name).toList();
        Collection<TopicDescription> topics =
                admin.describeTopics(names).allTopicNames().get().values();
        return topics.stream().flatMap(topic -> topic.partitions().stream()).allMatch(FreshTopics::isWhole);
    }

    private static boolean isWhole(TopicPartitionInfo partition) {
        return partition.leader() != null && partition.isr().size() == REPLICAS;
    }

    private static org.awaitility.core.ConditionFactory await(String what) {
        return Awaitility.await(what)
                .atMost(Limits.START)
                .pollInterval(Limits.POLL)
                .ignoreExceptionsInstanceOf(ExecutionException.class);
    }

    static Set<String> outputs() {
        return Topic.CATALOGUE.stream()
                .filter(topic -> !topic.equals(Topic.CAPTURE))
                .map(Topic::name)
                .collect(Collectors.toSet());
    }
}
