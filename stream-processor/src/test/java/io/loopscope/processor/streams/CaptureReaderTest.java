package io.loopscope.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CensusCount;
import io.loopscope.schemas.v1.End;
import io.loopscope.schemas.v1.Evidence;
import io.loopscope.schemas.v1.TcpState;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class CaptureReaderTest {
    private final RecordCodec codec = new RecordCodec();
    private final CaptureReader reader = new CaptureReader(codec);
    private final byte[] key = Records.HOST.getBytes(StandardCharsets.UTF_8);

    @Test
    void whatAgentsSendIsRead() {
        CaptureBatch batch = Records.batch(0).build();

        assertThat(read(batch)).isEqualTo(batch);
        assertThat(read(Records.socketReport())).isEqualTo(Records.socketReport());
    }

    @Nested
    class Unusable {
        @Test
        void recordWithoutValue() {
            assertReason(() -> reader.read(key, null), DeadLetterReason.NOT_A_LOOPSCOPE_RECORD);
        }

        @Test
        void garbage() {
            byte[] garbage = new byte[200];
            new Random(1).nextBytes(garbage);

            assertReason(() -> reader.read(key, garbage), DeadLetterReason.NOT_A_LOOPSCOPE_RECORD);
            assertReason(() -> reader.read(key, new byte[0]), DeadLetterReason.NOT_A_LOOPSCOPE_RECORD);
        }

        @Test
        void recordCutShortAtAnyOctet() {
            byte[] whole = codec.encode(Records.batch(7).build());
            for (int length = 10; length < whole.length; length++) {
                byte[] cut = Arrays.copyOf(whole, length);
                assertReason(() -> reader.read(key, cut), DeadLetterReason.CORRUPT);
            }
        }

        @Test
        void schemaNobodyReleased() {
            byte[] unknown = codec.encode(Records.batch(0).build());
            unknown[5] ^= 0x55;

            assertReason(() -> reader.read(key, unknown), DeadLetterReason.UNKNOWN_SCHEMA);
        }

        @Test
        void recordOfAnotherTopic() {
            CensusCount census = new CensusCount(
                    Records.HOST, 0L, Records.SERVER, End.SERVER, TcpState.CLOSE_WAIT, 1L, Evidence.WIRE, 1L, null);

            assertReason(() -> read(census), DeadLetterReason.UNEXPECTED_TYPE);
        }

        @Test
        void keyThatIsNotTheHost() {
            byte[] value = codec.encode(Records.batch(0).build());

            assertReason(() -> reader.read(null, value), DeadLetterReason.FOREIGN_KEY);
            assertReason(
                    () -> reader.read("host-2".getBytes(StandardCharsets.UTF_8), value), DeadLetterReason.FOREIGN_KEY);
        }

        @Test
        void hostWithoutName() {
            byte[] value = codec.encode(Records.batch(0).setHostId("").build());

            assertReason(() -> reader.read(new byte[0], value), DeadLetterReason.OUT_OF_RANGE);
        }
    }

    private SpecificRecord read(SpecificRecord record) {
        return reader.read(key, codec.encode(record));
    }

    static void assertReason(ThrowableAssert.ThrowingCallable call, DeadLetterReason reason) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        UnusableRecordException.class,
                        unusable -> assertThat(unusable.reason()).isEqualTo(reason))
                .message()
                .isNotBlank();
    }
}
