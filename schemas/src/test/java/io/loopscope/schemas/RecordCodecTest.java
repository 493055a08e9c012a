package io.loopscope.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.loopscope.schemas.UnreadableRecordException.Reason;
import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.Heartbeat;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.kafka.common.serialization.Deserializer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class RecordCodecTest {
    private final RecordCodec codec = new RecordCodec();
    private final byte[] heartbeat = codec.encode(SampleRecords.of(Heartbeat.getClassSchema()));

    @Test
    void everyTypeComesBackAsItWas() {
        for (Schema schema : RecordCodec.SCHEMAS) {
            assertThat(codec.decode(codec.encode(SampleRecords.of(schema)))).isEqualTo(SampleRecords.of(schema));
        }
    }

    @Test
    void bytesBeginWithTheSingleObjectHeader() {
        assertThat(heartbeat).startsWith(0xC3, 0x01);
    }

    @Test
    void garbageIsNamed() {
        assertReason(
                () -> codec.decode("garbage, and rather long".getBytes(StandardCharsets.UTF_8)),
                "NOT_A_LOOPSCOPE_RECORD");
        assertReason(() -> codec.decode(new byte[0]), "NOT_A_LOOPSCOPE_RECORD");
        assertReason(() -> codec.decode(null), "NOT_A_LOOPSCOPE_RECORD");
    }

    @Test
    void aSchemaNobodyReleasedIsNamed() {
        byte[] unknown = heartbeat.clone();
        unknown[5] ^= 0x55;
        assertReason(() -> codec.decode(unknown), "UNKNOWN_SCHEMA");
    }

    @Test
    void aRecordCutShortAnywhereIsNamed() {
        for (int length = 10; length < heartbeat.length; length++) {
            byte[] cut = Arrays.copyOf(heartbeat, length);
            assertReason(() -> codec.decode(cut), "CORRUPT");
        }
    }

    @Test
    void noByteChangedAnywhereEscapesAsAnotherException() {
        Random random = new Random(20261122);
        for (int round = 0; round < 20_000; round++) {
            byte[] changed = heartbeat.clone();
            changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            try {
                assertThat(codec.decode(changed)).isNotNull();
            } catch (UnreadableRecordException e) {
                assertThat(e.reason()).isNotNull();
            }
        }
    }

    @Test
    void aTypeThatHasNoBusinessOnATopicIsNamed() {
        byte[] anomaly = codec.encode(SampleRecords.of(AnomalyEvent.getClassSchema()));
        try (Deserializer<?> capture = RecordSerde.capture().deserializer()) {
            assertReason(() -> capture.deserialize("t", anomaly), "UNEXPECTED_TYPE");
            assertThat(capture.deserialize("t", heartbeat)).isInstanceOf(Heartbeat.class);
            assertThat(capture.deserialize("t", null)).isNull();
        }
    }

    private static void assertReason(ThrowingCallable call, String reason) {
        assertThatThrownBy(call)
                .asInstanceOf(type(UnreadableRecordException.class))
                .extracting(UnreadableRecordException::reason)
                .isEqualTo(Reason.valueOf(reason));
    }
}
