package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.CloseReason;
import io.loopscope.processor.tcp.Notice;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;
import org.jspecify.annotations.Nullable;

/** What the TCP core tells while a segment or the time is applied, as far as it means something to a rule. */
final class Happenings {

    private final HostContext host;
    private final ConditionEngine conditions;
    private final Roll roll;
    private final CaptureHealth capture;
    private final ResetReport resets;

    private @Nullable Happening pendingReset;
    /** States that this segment or timer has ended. */
    private TcpState lowBefore = TcpState.CLOSED;

    private TcpState highBefore = TcpState.CLOSED;

    Happenings(HostContext host, ConditionEngine conditions, Roll roll, CaptureHealth capture) {
        this.host = host;
        this.conditions = conditions;
        this.roll = roll;
        this.capture = capture;
        this.resets = new ResetReport(host);
    }

    /** Whatever was open about the incarnation before is over. */
    void opened(Tracked tracked, @Nullable ConnectionView before, long atNanos) {
        // The RST that makes way for a new incarnation is part of the collision that is about to be told.
        pendingReset = null;
        tracked.speakOf(before);
        conditions.endAll(tracked, ClearReason.TUPLE_REUSED, atNanos);
        tracked.speakOf(null);
        roll.restart(tracked);
    }

    void closed(Tracked tracked, CloseReason reason, long atNanos) {
        boolean wasHalfOpen = hasOpen(tracked, AnomalyName.HALF_OPEN);
        // As counted after the segment before: both ends are CLOSED now.
        lowBefore = tracked.countedLow;
        highBefore = tracked.countedHigh;
        conditions.endConditions(tracked, Rule.reason(reason), atNanos);
        if (reason == CloseReason.REFUSED) {
            roll.listener(tracked).alarms().refused(atNanos);
        } else if (reason == CloseReason.RESET && !wasHalfOpen) {
            pendingReset = resets.of(tracked, atNanos);
        }
    }

    /** All that one segment or timer had to tell has been told. */
    void end(Tracked tracked) {
        lowBefore = TcpState.CLOSED;
        highBefore = TcpState.CLOSED;
        Happening reset = pendingReset;
        if (reset != null) {
            pendingReset = null;
            conditions.happened(tracked, reset, reset.sinceNanos());
        }
    }

    /** The segment or timer failed: what it still had to tell is not told. */
    void abort() {
        lowBefore = TcpState.CLOSED;
        highBefore = TcpState.CLOSED;
        pendingReset = null;
    }

    void noticed(Tracked tracked, Notice notice, Side side, long atNanos) {
        switch (notice) {
            case CAPTURE_LOSS -> capture.missed(atNanos);
            case TUPLE_REUSE_COLLISION -> collided(tracked, side, atNanos);
            case RETRANSMISSION -> {
                // Of few captured segments, all with a closed window, some are repeated for no other reason.
                if (!tracked.connection.controlOnly()) {
                    retransmitted(tracked, side, atNanos);
                }
            }
            default -> {
                if (InvalidSegments.COUNTED.contains(notice)) {
                    roll.listener(tracked).alarms().invalid(notice, atNanos);
                }
            }
        }
    }

    /** Told of the new incarnation; the side is the end that still held the old one. */
    private void collided(Tracked tracked, Side holder, long atNanos) {
        TcpState before = holder == Side.LOW ? lowBefore : highBefore;
        String what = "%s opened a new connection while %s still held the old one of the same addresses and ports%s."
                .formatted(
                        tracked.name(holder.peer()),
                        tracked.name(holder),
                        before == TcpState.CLOSED ? "" : " in " + before);
        long hold = host.settings.limits().holdEvent().toNanos();
        Happening collision =
                new Happening(AnomalyName.TUPLE_REUSE_COLLISION, holder, atNanos, what, ClearReason.TUPLE_REUSED, hold);
        conditions.happened(tracked, collision, atNanos);
    }

    private void retransmitted(Tracked tracked, Side side, long atNanos) {
        RuleSettings settings = host.settings.of(
                AnomalyName.RETRANSMISSION_STORM, tracked.tuple().port(tracked.server()));
        if (atNanos - tracked.retransmissionsSince > settings.intervalNanos()
                || tracked.retransmissionsSince == Rule.NEVER) {
            tracked.retransmissionsSince = atNanos;
            tracked.retransmissions = 0;
        }
        tracked.retransmissions++;
        if (tracked.retransmissions < settings.countOrOne()) {
            roll.listener(tracked).alarms().retransmitted(atNanos);
        } else if (host.timers.trusted()) {
            String what = "%s retransmitted %s segments within %s, the last one sent by %s."
                    .formatted(
                            tracked.name(tracked.connection.client()) + " and " + tracked.name(tracked.server()),
                            tracked.retransmissions,
                            Words.duration(atNanos - tracked.retransmissionsSince),
                            tracked.name(side));
            Happening storm = new Happening(
                    AnomalyName.RETRANSMISSION_STORM,
                    tracked.connection.client(),
                    tracked.retransmissionsSince,
                    what,
                    ClearReason.SUBSIDED,
                    settings.intervalNanos());
            conditions.happened(tracked, storm, atNanos);
        }
    }

    private static boolean hasOpen(Tracked tracked, AnomalyName name) {
        return ConditionEngine.isOpen(tracked, name, Side.LOW) || ConditionEngine.isOpen(tracked, name, Side.HIGH);
    }
}
