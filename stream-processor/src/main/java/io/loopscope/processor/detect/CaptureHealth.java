package io.loopscope.processor.detect;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;

/**
 * Whether the capture can be trusted. While it loses segments, the absence of one proves nothing: rules that rest on
 * silence wait ({@link TimerQueue.Clock#TRUSTED}), and what is found about that time is less certain.
 */
final class CaptureHealth extends Alarm {

    private final SlidingCount seen;
    private final SlidingCount lost;

    CaptureHealth(HostContext host) {
        super(host, null, AnomalyName.CAPTURE_DEGRADED);
        seen = new SlidingCount(settings().intervalNanos());
        lost = new SlidingCount(settings().intervalNanos());
    }

    void seen(int segments, long nowNanos) {
        seen.add(nowNanos, segments);
    }

    /** Octets were acknowledged that were never captured. */
    void missed(long nowNanos) {
        lost(1, nowNanos);
    }

    /** So many segments were lost. */
    void lost(long segments, long nowNanos) {
        lost.add(nowNanos, segments);
        host.lost(nowNanos);
        long lostNow = lost.sum(nowNanos);
        if (lostNow > settings().shareOrZero() * (lostNow + seen.sum(nowNanos))) {
            distrust(nowNanos);
        }
    }

    /** Whole batches of segments were lost: how large they were nobody knows. */
    void lostBatches(long batches, long nowNanos) {
        lost.add(nowNanos, batches);
        host.lost(nowNanos);
        distrust(nowNanos);
    }

    private void distrust(long nowNanos) {
        if (host.timers.trusted()) {
            host.timers.trust(false, nowNanos);
        }
        count = lost.sum(nowNanos);
        open(nowNanos, nowNanos);
        lookAgain(nowNanos, recoveredNanos());
    }

    /** Nothing was lost for long enough. */
    @Override
    void due(long atNanos) {
        host.timers.trust(true, atNanos);
        close(ClearReason.SUBSIDED, atNanos);
        changed();
    }

    @Override
    boolean subsided(long nowNanos) {
        return host.timers.trusted();
    }

    private long recoveredNanos() {
        return host.settings.limits().captureRecovered().toNanos();
    }

    @Override
    Evidence evidence() {
        return Evidence.KERNEL;
    }

    @Override
    String explain(long nowNanos) {
        long all = count + seen.sum(nowNanos);
        return "%s of about %s within %s were lost before anybody could judge them: rules that rest on silence wait."
                .formatted(
                        Words.count(count, "segment"),
                        all,
                        Words.duration(settings().intervalNanos()));
    }

    @Override
    void attributes(Map<String, String> attributes) {
        attributes.put("lost", Long.toString(lost.sum(host.nowNanos())));
        attributes.put("seen", Long.toString(seen.sum(host.nowNanos())));
    }

    @Override
    void writeTo(DataOutput output) throws IOException {
        super.writeTo(output);
        seen.writeTo(output);
        lost.writeTo(output);
    }

    @Override
    void readFrom(DataInput input) throws IOException {
        super.readFrom(input);
        seen.readFrom(input);
        lost.readFrom(input);
    }
}
