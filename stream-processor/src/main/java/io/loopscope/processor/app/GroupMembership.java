package io.loopscope.processor.app;

import io.loopscope.settings.ConfigurationException;
import io.loopscope.settings.Origin;
import io.loopscope.settings.Problem;
import io.loopscope.settings.Settings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.GroupProtocol;
import org.apache.kafka.streams.StreamsConfig;

/**
 * How processors share the work.
 *
 * @param streamsProtocol whether the brokers assign the partitions (KIP-1071) instead of the processors themselves
 * @param instanceId this processor's name for static membership; empty for none
 * @param standbys copies of each partition's state on other processors
 * @param leavesAtStop whether a stop leaves the group
 */
record GroupMembership(boolean streamsProtocol, String instanceId, int standbys, boolean leavesAtStop) {
    /** After how long a processor that died without a word is missed, and its partitions go to another. */
    private static final int SESSION_TIMEOUT_MS = 10_000;
    /** The same where a restart is to go unnoticed: a JVM has to come up and read its state back. */
    private static final int STATIC_SESSION_TIMEOUT_MS = 45_000;

    private static final int HEARTBEAT_INTERVAL_MS = 3_000;

    /**
     * What settings say.
     *
     * @throws ConfigurationException when the group protocol does not know what is wanted
     */
    static GroupMembership of(Settings settings) {
        boolean streams =
                GroupProtocol.STREAMS.name.equalsIgnoreCase(settings.kafka().get(StreamsConfig.GROUP_PROTOCOL_CONFIG));
        String instanceId = settings.string(ProcessorSettings.INSTANCE_ID);
        int standbys = settings.integer(ProcessorSettings.STANDBY_REPLICAS);
        List<Problem> problems = new ArrayList<>();
        if (streams && !instanceId.isEmpty()) {
            problems.add(settings.problem(
                    ProcessorSettings.INSTANCE_ID,
                    "cannot be used with kafka.group.protocol: streams, which knows no static membership yet; leave one of"
                            + " them out"));
        }
        if (streams && standbys > 0) {
            problems.add(settings.problem(
                    ProcessorSettings.STANDBY_REPLICAS,
                    "has no effect with kafka.group.protocol: streams; let the brokers know: kafka-configs.sh --alter"
                            + " --entity-type groups --entity-name "
                            + settings.string(ProcessorSettings.APPLICATION_ID)
                            + " --add-config streams.num.standby.replicas=" + standbys));
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        String leave = ProcessorSettings.STOP_LEAVE_GROUP;
        boolean leaves = instanceId.isEmpty() || settings.origin(leave).source() != Origin.Source.DEFAULT;
        return new GroupMembership(streams, instanceId, standbys, leaves && settings.bool(leave));
    }

    /** As Kafka Streams wants it. */
    Map<String, Object> properties() {
        Map<String, Object> properties = new HashMap<>();
        if (streamsProtocol) {
            return properties; // The brokers decide.
        }
        boolean named = !instanceId.isEmpty();
        properties.put(
                ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, named ? STATIC_SESSION_TIMEOUT_MS : SESSION_TIMEOUT_MS);
        properties.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, HEARTBEAT_INTERVAL_MS);
        properties.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, standbys);
        if (named) {
            // Streams adds the number of the thread.
            properties.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), instanceId);
        }
        return properties;
    }
}
