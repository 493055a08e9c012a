package io.loopscope.processor.tcp.simulation;

import static io.loopscope.processor.tcp.TcpFlags.ACK;

/** SO_KEEPALIVE as Linux does it (RFC 9293 3.8.4): length 0, one octet below SND.NXT, only when nothing is in flight. */
final class Keepalive {

    private final Tcb tcb;
    private final Timeline.Timer timer;
    private long heardAt;
    private int unanswered;

    Keepalive(Tcb tcb) {
        this.tcb = tcb;
        this.timer = tcb.kernel.timeline.timer(this::due);
    }

    void start() {
        if (tcb.settings.keepaliveIdleNanos() > 0) {
            heard();
            timer.arm(tcb.settings.keepaliveIdleNanos());
        }
    }

    void stop() {
        timer.cancel();
    }

    void heard() {
        heardAt = tcb.kernel.timeline.now();
        unanswered = 0;
    }

    private void due() {
        long idle = tcb.kernel.timeline.now() - heardAt;
        KernelSettings settings = tcb.settings;
        if (tcb.sender.waits() || tcb.sender.hasUnsent()) {
            timer.arm(settings.keepaliveIdleNanos());
        } else if (idle < settings.keepaliveIdleNanos()) {
            timer.arm(settings.keepaliveIdleNanos() - idle);
        } else if (unanswered >= settings.keepaliveProbes()) {
            tcb.resetAndClose();
        } else {
            unanswered++;
            tcb.emit(tcb.sender.next() - 1, ACK, 0, tcb.options(), Packet.Purpose.KEEPALIVE_PROBE);
            timer.arm(settings.keepaliveIntervalNanos());
        }
    }
}
