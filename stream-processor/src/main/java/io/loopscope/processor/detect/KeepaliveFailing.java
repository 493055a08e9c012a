package io.loopscope.processor.detect;

import io.loopscope.processor.detect.TimerQueue.Clock;
import io.loopscope.processor.tcp.Endpoint;
import io.loopscope.processor.tcp.Side;
import java.util.Map;

/** RFC 9293 3.8.4: keepalive probes without answer. One proves nothing: Linux answers at most every 500 ms. */
final class KeepaliveFailing extends Rule {

    KeepaliveFailing() {
        super(AnomalyName.KEEPALIVE_FAILING);
    }

    @Override
    boolean onlyWhileWaiting() {
        return true;
    }

    @Override
    long sinceNanos(Tracked tracked, Side side, RuleSettings settings) {
        Endpoint end = tracked.end(side);
        if (tracked.connection.controlOnly()
                || !end.state().synchronised()
                || end.unansweredKeepalives() < settings.countOrOne()) {
            return NEVER;
        }
        long answered = tracked.peer(side).lastSegmentNanos();
        return answered == NEVER ? tracked.connection.startedNanos() : answered;
    }

    @Override
    Clock clock(Evidence evidence) {
        return Clock.TRUSTED;
    }

    @Override
    Side blamed(Side side) {
        return side.peer();
    }

    @Override
    String explain(Tracked tracked, Side side, long sinceNanos, long nowNanos) {
        return "%s has sent %s and %s has answered none; its last segment came %s ago."
                .formatted(
                        tracked.name(side),
                        Words.count(tracked.end(side).unansweredKeepalives(), "keepalive probe"),
                        tracked.name(side.peer()),
                        Words.duration(nowNanos - sinceNanos));
    }

    @Override
    void attributes(Tracked tracked, Side side, Map<String, String> attributes) {
        attributes.put(
                "unanswered_keepalives", Integer.toString(tracked.end(side).unansweredKeepalives()));
    }
}
