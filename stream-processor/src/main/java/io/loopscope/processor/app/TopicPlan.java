package io.loopscope.processor.app;

import io.loopscope.schemas.Topic;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What has to be done about topics at a start. Pure: what exists is an argument.
 *
 * @param create topics to create
 * @param partitions how many partitions each of them gets, by name
 * @param warnings what is not as it should be and does not stop the start
 */
record TopicPlan(List<Topic> create, Map<String, Integer> partitions, List<String> warnings) {

    private static final String CLEANUP_POLICY = "cleanup.policy";

    /**
     * A topic that exists.
     *
     * @param partitions number of its partitions
     * @param cleanupPolicy its {@code cleanup.policy}; null when it may not be read
     */
    record Existing(int partitions, @Nullable String cleanupPolicy) {}

    /**
     * What is wanted.
     *
     * @param create whether missing topics may be created
     * @param partitions number of partitions, 0 for the catalogue's
     * @param bootstrapServers where, for commands that a person can type
     * @param changelogs names of the topics that back the state
     */
    record Wish(boolean create, int partitions, String bootstrapServers, Collection<String> changelogs) {}

    /**
     * Compares what exists with what is wanted.
     *
     * @throws OperatingException naming the topic and the command, when the processor can't work with what exists
     */
    static TopicPlan of(Collection<Topic> wanted, Map<String, Existing> existing, Wish wish) {
        List<Topic> missing = wanted.stream()
                .filter(topic -> !existing.containsKey(topic.name()))
                .toList();
        Map<String, Integer> partitions = new TreeMap<>();
        missing.forEach(topic -> partitions.put(topic.name(), partitions(topic, wish)));
        if (!missing.isEmpty() && !wish.create()) {
            throw missing(missing, wish);
        }
        Existing capture = existing.get(Topic.CAPTURE.name());
        int captured = capture == null ? partitions(Topic.CAPTURE, wish) : capture.partitions();
        if (wish.partitions() > 0 && captured != wish.partitions()) {
            throw otherNumber(captured, wish);
        }
        for (String changelog : wish.changelogs()) {
            Existing state = existing.get(changelog);
            if (state != null && state.partitions() != captured) {
                throw otherState(changelog, state.partitions(), captured);
            }
        }
        return new TopicPlan(missing, partitions, warnings(wanted, existing));
    }

    /** The command that makes a topic as the catalogue wants it. */
    static String command(Topic topic, Wish wish) {
        StringBuilder command = new StringBuilder("kafka-topics.sh --bootstrap-server ")
                .append(wish.bootstrapServers())
                .append(" --create --topic ")
                .append(topic.name())
                .append(" --partitions ")
                .append(partitions(topic, wish));
        new TreeMap<>(topic.settings())
                .forEach((name, value) ->
                        command.append(" --config ").append(name).append('=').append(value));
        return command.toString();
    }

    private static int partitions(Topic topic, Wish wish) {
        return wish.partitions() > 0 ? wish.partitions() : topic.partitions();
    }

    private static OperatingException missing(List<Topic> missing, Wish wish) {
        String names = String.join(", ", missing.stream().map(Topic::name).toList());
        List<String> commands =
                missing.stream().map(topic -> command(topic, wish)).toList();
        return new OperatingException(
                "missing on " + wish.bootstrapServers() + ": " + names,
                "Create them, or set " + ProcessorSettings.TOPICS_CREATE + ": true:\n  "
                        + String.join("\n  ", commands),
                ExitCode.BAD_CONFIGURATION);
    }

    private static OperatingException otherNumber(int captured, Wish wish) {
        return new OperatingException(
                "topic " + Topic.CAPTURE.name() + " has " + captured + " partitions, "
                        + ProcessorSettings.TOPICS_PARTITIONS + " says " + wish.partitions(),
                "Set " + ProcessorSettings.TOPICS_PARTITIONS + ": " + captured
                        + ", or 0 to take it as it is; its number can't be changed once it is used.",
                ExitCode.BAD_CONFIGURATION);
    }

    private static OperatingException otherState(String changelog, int state, int captured) {
        return new OperatingException(
                "topic " + Topic.CAPTURE.name() + " has " + captured + " partitions, but the state in " + changelog
                        + " was made with " + state,
                "Begin with new state under another name: set " + ProcessorSettings.APPLICATION_ID
                        + " to something new. Open anomalies will be found again as their conditions last.",
                ExitCode.BAD_CONFIGURATION);
    }

    /** A topic that a broker created by itself has its defaults: one that should be compacted forgets what is open. */
    private static List<String> warnings(Collection<Topic> wanted, Map<String, Existing> existing) {
        List<String> warnings = new ArrayList<>();
        for (Topic topic : wanted) {
            Existing there = existing.get(topic.name());
            String policy = topic.settings().get(CLEANUP_POLICY);
            if (there != null
                    && there.cleanupPolicy() != null
                    && policy != null
                    && !there.cleanupPolicy().contains(policy)) {
                warnings.add("topic " + topic.name() + " has " + CLEANUP_POLICY + "=" + there.cleanupPolicy()
                        + " and should have " + policy
                        + ": kafka-configs.sh --alter --entity-type topics --entity-name "
                        + topic.name() + " --add-config " + CLEANUP_POLICY + "=" + policy);
            }
        }
        return warnings;
    }
}
