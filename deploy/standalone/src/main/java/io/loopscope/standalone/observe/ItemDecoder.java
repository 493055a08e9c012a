package io.loopscope.standalone.observe;

import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.RecordSerde;
import io.loopscope.schemas.SchemaIds;
import io.loopscope.schemas.Topic;
import io.loopscope.schemas.UnreadableRecordException;
import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.CensusCount;
import io.loopscope.schemas.v1.ConnectionEvent;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.schemas.v1.SocketReport;
import io.loopscope.standalone.observe.Item.AnomalyItem;
import io.loopscope.standalone.observe.Item.CensusItem;
import io.loopscope.standalone.observe.Item.ConnectionItem;
import io.loopscope.standalone.observe.Item.DeadLetterItem;
import io.loopscope.standalone.observe.Item.GapItem;
import io.loopscope.standalone.observe.Item.HeartbeatItem;
import io.loopscope.standalone.observe.Item.SegmentItem;
import io.loopscope.standalone.observe.Item.SocketReportItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;

/** Records of the catalogue's topics as items. Not safe for use by several threads at once. */
final class ItemDecoder {
    private final Map<String, Deserializer<? extends SpecificRecord>> deserializers;

    /** A decoder that knows what a schema registry knows. */
    ItemDecoder(SchemaIds ids) {
        RecordCodec codec = new RecordCodec(ids);
        deserializers = Map.of(
                Topic.CAPTURE.name(), RecordSerde.capture().deserializer(codec),
                Topic.CONNECTIONS.name(), RecordSerde.of(ConnectionEvent.class).deserializer(codec),
                Topic.ANOMALIES.name(), RecordSerde.of(AnomalyEvent.class).deserializer(codec),
                Topic.CENSUS.name(), RecordSerde.of(CensusCount.class).deserializer(codec));
    }

    /**
     * The items in a record; none in a tombstone.
     *
     * @throws UnreadableRecordException when the value is no record of the topic
     * @throws IllegalArgumentException when it is one and contradicts itself
     */
    List<Item> decode(ConsumerRecord<byte[], byte[]> read) {
        var deserializer = deserializers.get(read.topic());
        if (deserializer == null) {
            return List.of(new DeadLetterItem(read));
        }
        SpecificRecord value = deserializer.deserialize(read.topic(), read.value());
        if (value == null) {
            return List.of();
        }
        if (value instanceof CaptureBatch batch) {
            return segments(batch);
        }
        return List.of(item(value));
    }

    private static Item item(SpecificRecord value) {
        if (value instanceof ConnectionEvent event) {
            return new ConnectionItem(event);
        } else if (value instanceof AnomalyEvent event) {
            return new AnomalyItem(event);
        } else if (value instanceof CensusCount count) {
            return new CensusItem(count);
        } else if (value instanceof Heartbeat heartbeat) {
            return new HeartbeatItem(heartbeat);
        } else if (value instanceof SocketReport report) {
            return new SocketReportItem(report);
        }
        throw new IllegalStateException("no item for " + value.getSchema().getName());
    }

    private static List<Item> segments(CaptureBatch batch) {
        var items = new ArrayList<Item>();
        if (batch.getSkippedBefore() > 0) {
            items.add(new GapItem(batch));
        }
        var connections = batch.getConnections();
        for (CapturedSegment segment : batch.getSegments()) {
            int index = segment.getConnection();
            if (index < 0 || index >= connections.size()) {
                throw new IllegalArgumentException(
                        "a segment of connection " + index + " in a batch with " + connections.size());
            }
            items.add(new SegmentItem(batch, segment, connections.get(index)));
        }
        return items;
    }
}
