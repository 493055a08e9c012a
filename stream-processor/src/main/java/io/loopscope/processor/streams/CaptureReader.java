package io.loopscope.processor.streams;

import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.RecordSerde;
import io.loopscope.schemas.Topic;
import io.loopscope.schemas.UnreadableRecordException;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.schemas.v1.SocketReport;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of the capture topic to records. The topology reads bytes and not records, so that what nobody can read still
 * has its original key and value when it goes to the dead-letter topic.
 */
final class CaptureReader {
    /** The longest host id that fits a {@link io.loopscope.schemas.ConnectionKey}, in octets of UTF-8. */
    private static final int LONGEST_HOST_ID = 65_535;

    private final Deserializer<SpecificRecord> deserializer;
    private final BatchReader batches;

    /** A reader of records in either framing. */
    CaptureReader(RecordCodec codec) {
        deserializer = RecordSerde.capture().deserializer(codec);
        batches = new BatchReader(codec);
    }

    /**
     * What is in a record of the capture topic, checked.
     *
     * @throws UnusableRecordException when it can't be used
     */
    Delivery delivery(byte @Nullable [] key, byte @Nullable [] value) {
        Delivery.Batch batch = batches.read(key, value);
        return batch == null ? CaptureRecords.delivery(read(key, value)) : batch;
    }

    /**
     * The {@link CaptureBatch}, {@link Heartbeat} or {@link SocketReport} in these bytes.
     *
     * @throws UnusableRecordException when there is none, or the key is not its host's
     */
    SpecificRecord read(byte @Nullable [] key, byte @Nullable [] value) {
        SpecificRecord captured = decode(value);
        byte[] host = hostId(captured).getBytes(StandardCharsets.UTF_8);
        if (host.length == 0 || host.length > LONGEST_HOST_ID) {
            throw new UnusableRecordException(
                    DeadLetterReason.OUT_OF_RANGE, "host_id has " + host.length + " octets, not 1 to 65535");
        }
        if (!Arrays.equals(key, host)) {
            throw new UnusableRecordException(
                    DeadLetterReason.FOREIGN_KEY,
                    "the record's key is " + (key == null ? "null" : "not the host_id inside")
                            + ": expected the octets of '" + hostId(captured) + "'");
        }
        return captured;
    }

    static String hostId(SpecificRecord captured) {
        if (captured instanceof CaptureBatch batch) {
            return batch.getHostId();
        }
        if (captured instanceof Heartbeat heartbeat) {
            return heartbeat.getHostId();
        }
        if (captured instanceof SocketReport report) {
            return report.getHostId();
        }
        throw new IllegalStateException("not a record of the capture topic: " + captured.getSchema());
    }

    private SpecificRecord decode(byte @Nullable [] value) {
        if (value == null) {
            throw new UnusableRecordException(
                    DeadLetterReason.NOT_A_LOOPSCOPE_RECORD, "a record without value on a topic that is not compacted");
        }
        try {
            return deserializer.deserialize(Topic.CAPTURE.name(), value);
        } catch (UnreadableRecordException e) {
            throw new UnusableRecordException(DeadLetterReason.of(e.reason()), String.valueOf(e.getMessage()), e);
        }
    }
}
