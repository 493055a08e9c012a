package io.loopscope.standalone.observe;

import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.Topic;
import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.CensusCount;
import io.loopscope.schemas.v1.ConnectionEvent;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Records as a consumer gets them. */
final class Records {
    private Records() {}

    static ConsumerRecord<byte[], byte[]> of(SpecificRecord value) {
        return new ConsumerRecord<>(topic(value).name(), 0, 15, new byte[0], new RecordCodec().encode(value));
    }

    static Topic topic(SpecificRecord value) {
        if (value instanceof ConnectionEvent) {
            return Topic.CONNECTIONS;
        } else if (value instanceof AnomalyEvent) {
            return Topic.ANOMALIES;
        }
        return value instanceof CensusCount ? Topic.CENSUS : Topic.CAPTURE;
    }
}
