package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Endpoint;
import io.loopscope.processor.tcp.Side;
import java.util.Map;

/** RFC 9293 3.8.6.1: this end advertises no window and its peer has something to send, as its probes show. */
final class ZeroWindowStall extends Rule {

    ZeroWindowStall() {
        super(AnomalyName.ZERO_WINDOW_STALL);
    }

    @Override
    long sinceNanos(Tracked tracked, Side side, RuleSettings settings) {
        Endpoint end = tracked.end(side);
        return end.state().synchronised() && !tracked.connection.finished() ? end.zeroWindowSinceNanos() : NEVER;
    }

    @Override
    boolean proven(Tracked tracked, Side side, RuleSettings settings) {
        return tracked.end(side).windowProbes() >= settings.countOrOne();
    }

    @Override
    String explain(Tracked tracked, Side side, long sinceNanos, long nowNanos) {
        return "%s has advertised a zero window for %s while %s has probed it %s: the application does not read."
                .formatted(
                        tracked.name(side),
                        Words.duration(nowNanos - sinceNanos),
                        tracked.name(side.peer()),
                        Words.count(tracked.end(side).windowProbes(), "time"));
    }

    @Override
    void attributes(Tracked tracked, Side side, Map<String, String> attributes) {
        attributes.put("window_probes", Integer.toString(tracked.end(side).windowProbes()));
    }
}
