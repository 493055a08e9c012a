package io.loopscope.schemas.registry;

import io.loopscope.schemas.Topic;
import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CensusCount;
import io.loopscope.schemas.v1.ConnectionEvent;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.schemas.v1.SocketReport;
import java.util.Map;
import org.apache.avro.Schema;

/**
 * Under which name a schema is registered. A topic with one type has {@code TOPIC-value} (Confluent's
 * TopicNameStrategy), which is where consumers, sinks and user interfaces look by default. The capture topic has three
 * types, which are no versions of each other: each has {@code TOPIC-RECORD} (TopicRecordNameStrategy), or the registry
 * would refuse the second as incompatible with the first.
 */
final class Subjects {
    private static final Map<Schema, String> NAMES = Map.of(
            CaptureBatch.getClassSchema(), several(Topic.CAPTURE, CaptureBatch.getClassSchema()),
            SocketReport.getClassSchema(), several(Topic.CAPTURE, SocketReport.getClassSchema()),
            Heartbeat.getClassSchema(), several(Topic.CAPTURE, Heartbeat.getClassSchema()),
            ConnectionEvent.getClassSchema(), only(Topic.CONNECTIONS),
            AnomalyEvent.getClassSchema(), only(Topic.ANOMALIES),
            CensusCount.getClassSchema(), only(Topic.CENSUS));

    private Subjects() {}

    static String of(Schema schema) {
        String name = NAMES.get(schema);
        if (name == null) {
            throw new IllegalArgumentException("on no topic: " + schema.getFullName());
        }
        return name;
    }

    private static String only(Topic topic) {
        return topic.name() + "-value";
    }

    private static String several(Topic topic, Schema schema) {
        return topic.name() + '-' + schema.getFullName();
    }
}
