package io.loopscope.processor.detect;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;

/** RFC 6298: too large a share of a listener's segments are retransmissions. Waits while the capture loses segments. */
final class RetransmissionShare extends Alarm {

    private final SlidingCount all;
    private final SlidingCount again;

    RetransmissionShare(HostContext host, ListenerMonitor listener) {
        super(host, listener, AnomalyName.RETRANSMISSION_STORM);
        all = new SlidingCount(settings().intervalNanos());
        again = new SlidingCount(settings().intervalNanos());
    }

    void segments(int number, long nowNanos) {
        all.add(nowNanos, number);
        changed();
    }

    void retransmitted(long nowNanos) {
        again.add(nowNanos, 1);
        if (!isOpen() && host.timers.trusted() && isStorm(nowNanos)) {
            count = again.sum(nowNanos);
            open(nowNanos, nowNanos);
        }
        changed();
    }

    private boolean isStorm(long nowNanos) {
        long repeated = again.sum(nowNanos);
        return repeated >= settings().countOrOne() && repeated > settings().shareOrZero() * all.sum(nowNanos);
    }

    @Override
    boolean subsided(long nowNanos) {
        return !isStorm(nowNanos);
    }

    @Override
    String explain(long nowNanos) {
        long segments = all.sum(nowNanos);
        return "%s of %s segments of %s within %s were retransmissions: %s."
                .formatted(
                        count,
                        segments,
                        where(),
                        Words.duration(settings().intervalNanos()),
                        Words.percent((double) count / Math.max(1, segments)));
    }

    @Override
    void attributes(Map<String, String> attributes) {
        attributes.put("retransmissions", Long.toString(again.sum(host.nowNanos())));
        attributes.put("segments", Long.toString(all.sum(host.nowNanos())));
    }

    @Override
    void writeTo(DataOutput output) throws IOException {
        super.writeTo(output);
        all.writeTo(output);
        again.writeTo(output);
    }

    @Override
    void readFrom(DataInput input) throws IOException {
        super.readFrom(input);
        all.readFrom(input);
        again.readFrom(input);
    }
}
