package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Notice;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/** RFC 9293 3.10.7: segments that make no sense where they come, counted by name and told above a rate. */
final class InvalidSegments extends Alarm {

    static final Set<Notice> COUNTED = Set.of(
            Notice.SYN_FIN,
            Notice.SYN_RST,
            Notice.NO_FLAGS,
            Notice.NO_ACK,
            Notice.RST_OUT_OF_WINDOW,
            Notice.DATA_AFTER_FIN,
            Notice.OUT_OF_WINDOW,
            Notice.ACK_OF_UNSENT,
            Notice.WINDOW_SHRUNK);

    private static final Notice[] NOTICES = Notice.values();

    private final SlidingCount recent;
    private final EnumCounts<Notice> byName = new EnumCounts<>(Notice.class);
    private long firstNanos = Rule.NEVER;

    InvalidSegments(HostContext host, ListenerMonitor listener) {
        super(host, listener, AnomalyName.INVALID_SEGMENTS);
        recent = new SlidingCount(settings().intervalNanos());
    }

    void happened(Notice notice, long nowNanos) {
        long before = recent.sum(nowNanos);
        if (before == 0) {
            firstNanos = nowNanos;
            byName.clear();
        }
        recent.add(nowNanos, 1);
        byName.add(notice, 1);
        changed();
        if (isOpen()) {
            count++;
        } else if (before + 1 >= settings().countOrOne()) {
            count = before + 1;
            open(firstNanos, nowNanos);
        }
    }

    @Override
    boolean subsided(long nowNanos) {
        return recent.sum(nowNanos) < settings().countOrOne();
    }

    @Override
    String explain(long nowNanos) {
        return "%s of connections to %s within %s made no sense where they came, most of them %s."
                .formatted(
                        Words.count(count, "segment"),
                        where(),
                        Words.duration(settings().intervalNanos()),
                        mostFrequent().counterName());
    }

    private Notice mostFrequent() {
        Notice most = NOTICES[0];
        for (Notice notice : NOTICES) {
            if (byName.get(notice) > byName.get(most)) {
                most = notice;
            }
        }
        return most;
    }

    @Override
    void attributes(Map<String, String> attributes) {
        for (Notice notice : NOTICES) {
            if (byName.get(notice) > 0) {
                attributes.put(notice.counterName(), Long.toString(byName.get(notice)));
            }
        }
    }

    @Override
    void writeTo(DataOutput output) throws IOException {
        super.writeTo(output);
        recent.writeTo(output);
        output.writeLong(firstNanos);
        byName.writeTo(output);
    }

    @Override
    void readFrom(DataInput input) throws IOException {
        super.readFrom(input);
        recent.readFrom(input);
        firstNanos = input.readLong();
        byName.readFrom(input);
    }
}
