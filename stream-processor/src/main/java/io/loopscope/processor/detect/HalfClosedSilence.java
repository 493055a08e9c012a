package io.loopscope.processor.detect;

import io.loopscope.processor.detect.TimerQueue.Clock;
import io.loopscope.processor.sockets.KernelEnd;
import io.loopscope.processor.sockets.Polls;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;

/**
 * RFC 9293 3.6: one end has closed, the other has not, and nothing is sent any more. Where data is not captured only a poll of
 * the socket table proves it, one that comes after the time.
 */
abstract class HalfClosedSilence extends Rule {

    HalfClosedSilence(AnomalyName name) {
        super(name);
    }

    /** Since when the socket table shows an end in this state without any data; {@link #NEVER} when it does not. */
    static long quietSinceNanos(Tracked tracked, Side side, TcpState state) {
        KernelEnd end = tracked.kernelEnd(side);
        return end != null && end.state() == state ? end.quietSinceNanos() : NEVER;
    }

    @Override
    final boolean awaitsPoll(Tracked tracked) {
        return KernelSilence.isOnlyWitness(tracked);
    }

    @Override
    final boolean proven(Tracked tracked, Side side, RuleSettings settings) {
        return !KernelSilence.isOnlyWitness(tracked) || isProvenByPoll(tracked, side, settings);
    }

    /**
     * It was silent for long enough, by the last poll: the agent tells of each in which data has moved, so one that it does
     * not tell of has been silent.
     */
    private static boolean isProvenByPoll(Tracked tracked, Side side, RuleSettings settings) {
        KernelEnd end = tracked.kernelEnd(side);
        Polls polls = tracked.host().polls;
        return end != null
                && polls.isComplete()
                && polls.lastNanos() - end.quietSinceNanos() >= settings.warningAfterNanos();
    }

    @Override
    final Clock clock(Evidence evidence) {
        return evidence == Evidence.WIRE ? Clock.TRUSTED : Clock.WATCHED;
    }
}
