package io.loopscope.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.Test;

class CutRecordTest {
    private static final int MOST = 2_000;

    private final Headers further = new RecordHeaders().add("loopscope.reason", bytes("corrupt"));

    @Test
    void recordThatFitsStaysWhole() {
        Record<byte[], byte[]> record = record(30, 1_000, 100);

        Record<byte[], byte[]> fit = CutRecord.toFit(record, further, MOST).orElseThrow();

        assertThat(fit.key()).isEqualTo(record.key());
        assertThat(fit.value()).isEqualTo(record.value());
        assertThat(names(fit)).containsExactly("original", "loopscope.reason");
        assertThat(fit.timestamp()).isEqualTo(7);
    }

    @Test
    void largeValueLosesItsEndAndTellsHowLongItWas() {
        Record<byte[], byte[]> record = record(30, 5_000, 100);

        Record<byte[], byte[]> fit = CutRecord.toFit(record, further, MOST).orElseThrow();

        assertThat(RecordLimits.octets(fit)).isEqualTo(MOST);
        assertThat(fit.key()).isEqualTo(record.key());
        assertThat(fit.value()).isEqualTo(Arrays.copyOf(record.value(), fit.value().length));
        assertThat(names(fit)).containsExactly("original", "loopscope.reason", "loopscope.value.octets");
        assertThat(text(fit, "loopscope.value.octets")).isEqualTo("5000");
    }

    @Test
    void largeHeadersOfItsOwnAreLeftOutBeforeItsKeyIsCut() {
        Record<byte[], byte[]> record = record(30, 5_000, 1_500);

        Record<byte[], byte[]> fit = CutRecord.toFit(record, further, MOST).orElseThrow();

        assertThat(RecordLimits.octets(fit)).isEqualTo(MOST);
        assertThat(fit.key()).isEqualTo(record.key());
        assertThat(names(fit)).containsExactly("loopscope.reason", "loopscope.value.octets");
    }

    @Test
    void largeKeyLeavesHalfOfTheRoomToTheValue() {
        Record<byte[], byte[]> record = record(5_000, 5_000, 0);

        Record<byte[], byte[]> fit = CutRecord.toFit(record, further, MOST).orElseThrow();

        assertThat(RecordLimits.octets(fit)).isEqualTo(MOST);
        assertThat(fit.key()).isEqualTo(Arrays.copyOf(record.key(), fit.key().length));
        assertThat(fit.value()).hasSize(MOST / 2);
    }

    @Test
    void recordWithoutKeyAndValueCanBeLargeByItsHeaders() {
        Record<byte[], byte[]> record =
                new Record<>(null, null, 7, new RecordHeaders().add("original", new byte[MOST]));

        Record<byte[], byte[]> fit = CutRecord.toFit(record, further, MOST).orElseThrow();

        assertThat(fit.key()).isNull();
        assertThat(fit.value()).isNull();
        assertThat(names(fit)).containsExactly("loopscope.reason");
    }

    @Test
    void thereIsNoneWhenNotEvenTheReasonFits() {
        assertThat(CutRecord.toFit(record(0, 0, 0), further, 100)).isEmpty();
    }

    private static Record<byte[], byte[]> record(int key, int value, int headers) {
        Random random = new Random(1);
        byte[] keyOctets = new byte[key];
        byte[] valueOctets = new byte[value];
        random.nextBytes(keyOctets);
        random.nextBytes(valueOctets);
        return new Record<>(keyOctets, valueOctets, 7, new RecordHeaders().add("original", new byte[headers]));
    }

    private static List<String> names(Record<?, ?> record) {
        return Arrays.stream(record.headers().toArray())
                .map(header -> header.key())
                .toList();
    }

    private static String text(Record<?, ?> record, String header) {
        return new String(record.headers().lastHeader(header).value(), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
