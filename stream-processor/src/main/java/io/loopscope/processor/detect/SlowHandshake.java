package io.loopscope.processor.detect;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;

/** RFC 9293 3.5: the slowest handshakes of a listener within an interval. On loopback they tell of CPU or a queue. */
final class SlowHandshake extends Alarm {

    private static final double SHARE = 0.99;

    private final LatencyHistogram times = new LatencyHistogram();
    private long slowestNanos;
    private long p99Nanos;

    SlowHandshake(HostContext host, ListenerMonitor listener) {
        super(host, listener, AnomalyName.SLOW_HANDSHAKE);
    }

    void completed(long handshakeNanos, long nowNanos) {
        if (isOff()) {
            return;
        }
        times.add(handshakeNanos);
        slowestNanos = Math.max(slowestNanos, handshakeNanos);
        if (!armed()) {
            lookAgain(nowNanos, settings().intervalNanos());
        }
        changed();
    }

    @Override
    void due(long atNanos) {
        boolean enough = times.total() >= settings().countOrOne();
        // A bucket's upper bound may lie above anything that was seen.
        p99Nanos = Math.min(slowestNanos, times.percentile(SHARE));
        if (enough && p99Nanos > settings().warningAfterNanos()) {
            count = times.total();
            open(atNanos - settings().intervalNanos(), atNanos);
        } else {
            close(ClearReason.SUBSIDED, atNanos);
        }
        times.clear();
        slowestNanos = 0;
        if (isOpen()) {
            lookAgain(atNanos, settings().intervalNanos());
        }
        changed();
    }

    @Override
    boolean subsided(long nowNanos) {
        return p99Nanos <= settings().warningAfterNanos();
    }

    @Override
    String explain(long nowNanos) {
        return "99 %% of %s of %s within %s took up to %s, the slowest %s: on loopback this is CPU or a queue."
                .formatted(
                        Words.count(count, "handshake"),
                        where(),
                        Words.duration(settings().intervalNanos()),
                        Words.duration(p99Nanos),
                        Words.duration(slowestNanos));
    }

    @Override
    void attributes(Map<String, String> attributes) {
        attributes.put("p99_ms", Long.toString(p99Nanos / 1_000_000));
    }

    @Override
    void writeTo(DataOutput output) throws IOException {
        super.writeTo(output);
        times.writeTo(output);
        output.writeLong(slowestNanos);
        output.writeLong(p99Nanos);
    }

    @Override
    void readFrom(DataInput input) throws IOException {
        super.readFrom(input);
        times.readFrom(input);
        slowestNanos = input.readLong();
        p99Nanos = input.readLong();
    }
}
