package io.loopscope.processor.detect;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** RFC 9293 3.5.2: SYNs answered by RST, counted per listener and interval and not told one by one. */
final class Refused extends Alarm {

    private final SlidingCount recent;
    private long firstNanos = Rule.NEVER;

    Refused(HostContext host, ListenerMonitor listener) {
        super(host, listener, AnomalyName.REFUSED);
        recent = new SlidingCount(settings().intervalNanos());
    }

    void happened(long nowNanos) {
        if (recent.sum(nowNanos) == 0) {
            firstNanos = nowNanos;
        }
        recent.add(nowNanos, 1);
        changed();
        if (isOpen()) {
            count++;
            return;
        }
        count = recent.sum(nowNanos);
        if (count >= settings().countOrOne()) {
            open(firstNanos, nowNanos);
        }
    }

    @Override
    boolean subsided(long nowNanos) {
        return recent.sum(nowNanos) < settings().countOrOne();
    }

    @Override
    String explain(long nowNanos) {
        return "%s to %s within %s: nobody listens there, or the server turns them away by RST."
                .formatted(
                        Words.count(count, "connection attempt") + (count == 1 ? " was" : " were") + " refused",
                        where(),
                        Words.duration(settings().intervalNanos()));
    }

    @Override
    void writeTo(DataOutput output) throws IOException {
        super.writeTo(output);
        recent.writeTo(output);
        output.writeLong(firstNanos);
    }

    @Override
    void readFrom(DataInput input) throws IOException {
        super.readFrom(input);
        recent.readFrom(input);
        firstNanos = input.readLong();
    }
}
