package io.loopscope.processor.detect;

import io.loopscope.processor.detect.TimerQueue.Clock;
import io.loopscope.processor.detect.Tracked.ProtocolTimer;
import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.Timeout;
import java.util.ArrayList;
import java.util.List;

/** The timers of the TCP core, of all connections of a host. */
final class ProtocolTimers {

    private final Timers timers;
    private final List<TimerQueue> queues = new ArrayList<>();

    ProtocolTimers(HostContext host) {
        timers = host.timers;
        for (Timeout timeout : ProtocolTimer.TIMEOUTS) {
            queues.add(timers.queue(Clock.HOST, host.tcp.nanos(timeout)));
        }
    }

    /** Arms and cancels as the connection wants it now. */
    void arm(Tracked tracked) {
        for (int i = 0; i < ProtocolTimer.TIMEOUTS.size(); i++) {
            arm(tracked, i);
        }
    }

    private void arm(Tracked tracked, int index) {
        long since = tracked.connection.armedSinceNanos(ProtocolTimer.TIMEOUTS.get(index));
        ProtocolTimer timer = tracked.protocolTimers[index];
        if (since == Connection.NEVER) {
            if (timer != null) {
                timer.armedSince(since);
                timers.cancel(timer);
            }
        } else {
            ProtocolTimer toArm = timer == null ? tracked.protocolTimer(index) : timer;
            if (toArm.isNew(since)) {
                toArm.armedSince(since);
                timers.arm(toArm, queues.get(index), since);
            }
        }
    }

    /** The connection is forgotten. */
    void cancel(Tracked tracked) {
        for (ProtocolTimer timer : tracked.protocolTimers) {
            if (timer != null) {
                timers.cancel(timer);
            }
        }
    }
}
