package io.loopscope.processor.streams;

import io.loopscope.processor.tcp.Address;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Options;
import io.loopscope.processor.tcp.Run;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.Side;
import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.v1.CaptureBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * The short way from the bytes of a {@link CaptureBatch} to segments, for nearly all of what is read: field after field
 * in the order of the schema, without the objects in between. It says nothing about what it can't use, such as a record
 * of another type or another version of the schema, or a value out of range: that goes the long way, through
 * {@link CaptureReader} and {@link CaptureRecords}, which knows every released schema and tells what is wrong.
 */
final class BatchReader {
    /** The schema this is written for; a test says when the current one is another. */
    static final long LAYOUT = 0x557A_CFAB_D283_64C5L;

    /** Places of the symbols in the schema; 0 is UNKNOWN. */
    private static final int LOW = 1;

    private static final int HIGH = 2;
    private static final int CONTROL = 3;
    /** A batch has 500 segments at most; a corrupt count must not make us allocate. */
    private static final int MOST_ITEMS = 100_000;

    private final RecordCodec codec;
    private @Nullable BinaryDecoder decoder;
    private ByteBuffer octets = ByteBuffer.allocate(16);
    /** Of the connections of the batch, by their place in it. */
    private final BitSet controlOnly = new BitSet();

    private long baseNanos;
    private long networkNamespace;
    /** All that was read so far is in its range. */
    private boolean usable;

    /**
     * A reader of records in either framing.
     *
     * @param codec knows which schema a record was written with
     */
    BatchReader(RecordCodec codec) {
        this.codec = codec;
    }

    /** The batch in these bytes; null when it has to go the long way. */
    Delivery.@Nullable Batch read(byte @Nullable [] key, byte @Nullable [] value) {
        if (key == null || value == null || codec.fingerprint(value) != LAYOUT) {
            return null;
        }
        int head = RecordCodec.headOctets(value);
        try {
            BinaryDecoder in = DecoderFactory.get().binaryDecoder(value, head, value.length - head, decoder);
            decoder = in;
            return batch(key, in);
        } catch (IOException | RuntimeException e) { // The long way finds the same, and says it in our words.
            return null;
        }
    }

    private Delivery.@Nullable Batch batch(byte[] key, BinaryDecoder in) throws IOException {
        usable = true;
        controlOnly.clear();
        String host = in.readString();
        boolean ownKey = key.length > 0
                && key.length <= Ranges.UNSIGNED_16
                && Arrays.equals(host.getBytes(StandardCharsets.UTF_8), key);
        String boot = in.readString();
        long epoch = time(in.readLong());
        networkNamespace = in.readLong();
        String captured = in.readString();
        long sequence = notNegative(in.readLong());
        baseNanos = time(in.readLong());
        long skipped = notNegative(in.readLong());
        List<FourTuple> tuples = tuples(in);
        List<Delivery.Captured> segments = segments(in, tuples);
        return usable && ownKey
                ? new Delivery.Batch(
                        new HostKey(host, networkNamespace), epoch, boot, captured, sequence, skipped, segments)
                : null;
    }

    private List<FourTuple> tuples(BinaryDecoder in) throws IOException {
        List<FourTuple> tuples = new ArrayList<>();
        for (long block = in.readArrayStart(); block > 0; block = in.arrayNext()) {
            for (long i = room(block, tuples); i > 0; i--) {
                Address low = address(in);
                int lowPort = within(in.readInt(), Ranges.UNSIGNED_16);
                Address high = address(in);
                int highPort = within(in.readInt(), Ranges.UNSIGNED_16);
                controlOnly.set(tuples.size(), in.readEnum() == CONTROL);
                tuples.add(new FourTuple(networkNamespace, low, lowPort, high, highPort));
            }
        }
        return tuples;
    }

    private Address address(BinaryDecoder in) throws IOException {
        octets = in.readBytes(octets);
        return switch (octets.remaining()) {
            case 4 -> Address.ofIpv4(octets.getInt(0));
            case 16 -> Address.of(octets.getLong(0), octets.getLong(8));
            default -> throw new IOException("not an address");
        };
    }

    private List<Delivery.Captured> segments(BinaryDecoder in, List<FourTuple> tuples) throws IOException {
        List<Delivery.Captured> segments = new ArrayList<>();
        for (long block = in.readArrayStart(); block > 0; block = in.arrayNext()) {
            long left = room(block, segments);
            if (segments.isEmpty()) {
                segments = new ArrayList<>((int) left);
            }
            for (; left > 0 && usable; left--) {
                int connection = in.readInt();
                FourTuple tuple = tuples.get(connection);
                segments.add(new Delivery.Captured(tuple, segment(in, tuple), controlOnly.get(connection)));
            }
        }
        return segments;
    }

    private static long room(long more, List<?> all) throws IOException {
        if (all.size() + more > MOST_ITEMS) {
            throw new IOException("more than any agent sends");
        }
        return more;
    }

    private Segment segment(BinaryDecoder in, FourTuple tuple) throws IOException {
        Side side = side(in.readEnum(), tuple);
        long first = time(baseNanos, in.readLong());
        int flags = within(in.readInt(), Ranges.ALL_FLAGS);
        int sequence = unsigned(in.readLong());
        long acknowledgment = in.readLong();
        int window = in.readInt();
        long payload = notNegative(in.readLong());
        int mss = in.readIndex() == 0 ? Options.ABSENT : within(in.readInt(), Ranges.UNSIGNED_16);
        int scale = in.readIndex() == 0 ? Options.ABSENT : within(in.readInt(), Ranges.UNSIGNED_8);
        boolean sack = in.readBoolean();
        boolean timestamps = in.readIndex() != 0;
        long value = timestamps ? in.readLong() : 0;
        long echo = in.readIndex() == 0 ? 0 : in.readLong();
        int urgent = in.readIndex() == 0 ? 0 : within(in.readInt(), Ranges.UNSIGNED_16);
        if (in.readIndex() != 0) {
            return run(in, side, first, flags, sequence, payload, urgent, mss, scale, sack);
        }
        usable &= payload <= Ranges.UNSIGNED_32;
        return new Segment(
                side,
                first,
                flags,
                sequence,
                unsigned(acknowledgment),
                within(window, Ranges.UNSIGNED_16),
                payload,
                urgent,
                options(mss, scale, sack, timestamps, value, echo),
                null);
    }

    private Segment run(
            BinaryDecoder in,
            Side side,
            long first,
            int flags,
            int sequence,
            long payload,
            int urgent,
            int mss,
            int scale,
            boolean sack)
            throws IOException {
        int segments = in.readInt();
        usable &= segments >= 2;
        long last = time(first, notNegative(in.readLong()));
        int next = unsigned(in.readLong());
        int acknowledgment = unsigned(in.readLong());
        int window = within(in.readInt(), Ranges.UNSIGNED_16);
        int minWindow = within(in.readInt(), Ranges.UNSIGNED_16);
        int maxWindow = within(in.readInt(), Ranges.UNSIGNED_16);
        boolean timestamps = in.readIndex() != 0;
        long value = timestamps ? in.readLong() : 0;
        long echo = in.readIndex() == 0 ? 0 : in.readLong();
        return new Segment(
                side,
                last,
                flags,
                sequence,
                acknowledgment,
                window,
                payload,
                urgent,
                options(mss, scale, sack, timestamps, value, echo),
                new Run(segments, first, next, minWindow, maxWindow));
    }

    private Options options(int mss, int scale, boolean sack, boolean timestamps, long value, long echo) {
        boolean onlyTimestamps = mss == Options.ABSENT && scale == Options.ABSENT && !sack;
        return onlyTimestamps && !timestamps
                ? Options.NONE
                : new Options(mss, scale, sack, timestamps, unsigned(value), unsigned(echo));
    }

    private Side side(int symbol, FourTuple tuple) {
        usable &= symbol == LOW || (symbol == HIGH && !tuple.selfConnected());
        return symbol == LOW ? Side.LOW : Side.HIGH;
    }

    private long time(long base, long delta) {
        usable &= delta >= -Ranges.LATEST_NANOS && delta <= Ranges.LATEST_NANOS;
        return time(base + delta);
    }

    private long time(long nanos) {
        usable &= nanos >= 0 && nanos <= Ranges.LATEST_NANOS;
        return nanos;
    }

    private long notNegative(long value) {
        usable &= value >= 0;
        return value;
    }

    private int unsigned(long value) {
        usable &= value >>> Integer.SIZE == 0;
        return (int) value;
    }

    private int within(int value, int most) {
        usable &= value >= 0 && value <= most;
        return value;
    }

    /** Fingerprint of the current schema, as records carry it. */
    static long currentLayout() {
        return SchemaNormalization.parsingFingerprint64(CaptureBatch.getClassSchema());
    }
}
