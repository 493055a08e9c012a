package io.loopscope.processor.detect;

import io.loopscope.processor.detect.TimerQueue.Clock;
import io.loopscope.processor.tcp.Endpoint;
import io.loopscope.processor.tcp.Side;
import java.util.Map;

/**
 * RFC 9293 3.5.1, told by silence: this end repeats its data and the other does not answer at all. (Told by a RST it is
 * {@link ResetReport}.)
 */
final class HalfOpen extends Rule {

    HalfOpen() {
        super(AnomalyName.HALF_OPEN);
    }

    @Override
    long sinceNanos(Tracked tracked, Side side, RuleSettings settings) {
        Endpoint end = tracked.end(side);
        if (!end.state().synchronised() || end.unansweredRetransmissions() < settings.countOrOne()) {
            return NEVER;
        }
        long answered = tracked.peer(side).lastSegmentNanos();
        return answered == NEVER ? tracked.connection.startedNanos() : answered;
    }

    @Override
    Clock clock() {
        return Clock.TRUSTED;
    }

    @Override
    Side blamed(Side side) {
        return side.peer();
    }

    @Override
    String explain(Tracked tracked, Side side, long sinceNanos, long nowNanos) {
        return "%s has repeated its data %s and %s has sent nothing for %s: that end is gone without a FIN or RST."
                .formatted(
                        tracked.name(side),
                        Words.count(tracked.end(side).unansweredRetransmissions(), "time"),
                        tracked.name(side.peer()),
                        Words.duration(nowNanos - sinceNanos));
    }

    @Override
    void attributes(Tracked tracked, Side side, Map<String, String> attributes) {
        attributes.put(
                "unanswered_retransmissions", Integer.toString(tracked.end(side).unansweredRetransmissions()));
    }
}
