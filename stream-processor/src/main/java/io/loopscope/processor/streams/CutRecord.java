package io.loopscope.processor.streams;

import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * A record with further headers that fits where it has to. When it would be too large it loses, in this order and only as far
 * as it has to: the end of its value, its own headers when these and the key take more than half of the room, the end of its key.
 * The further headers stay, and one more says how long the value was.
 */
final class CutRecord {
    private CutRecord() {}

    /**
     * The record; empty when not even the further headers fit.
     *
     * @param further headers to add
     * @param most octets, counted as {@link RecordLimits#octets} does
     */
    static Optional<Record<byte[], byte[]>> toFit(Record<byte[], byte[]> record, Headers further, int most) {
        Headers all = joined(record.headers(), further);
        byte[] key = record.key();
        byte[] value = record.value();
        if (RecordLimits.octets(key, value, all) <= most) {
            return Optional.of(with(record, key, value, all));
        }
        if (value != null) {
            DeadLetters.add(further, DeadLetters.VALUE_OCTETS, Integer.toString(value.length));
        }
        all = joined(record.headers(), further);
        if (RecordLimits.octets(key, null, all) > most / 2) {
            all = further;
        }
        key = cut(key, most / 2 - RecordLimits.octets(null, null, all));
        int room = most - RecordLimits.octets(key, null, all);
        return room < 0 ? Optional.empty() : Optional.of(with(record, key, cut(value, room), all));
    }

    private static Headers joined(Headers first, Headers second) {
        Headers all = new RecordHeaders(first);
        for (Header header : second) {
            all.add(header);
        }
        return all;
    }

    private static byte @Nullable [] cut(byte @Nullable [] octets, int most) {
        return octets == null || octets.length <= most ? octets : Arrays.copyOf(octets, Math.max(0, most));
    }

    private static Record<byte[], byte[]> with(
            Record<byte[], byte[]> record, byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        return new Record<>(key, value, record.timestamp(), headers);
    }
}
