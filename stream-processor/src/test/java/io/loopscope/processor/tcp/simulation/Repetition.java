package io.loopscope.processor.tcp.simulation;

import io.loopscope.processor.tcp.TcpState;
import io.loopscope.processor.tcp.simulation.Sender.InFlight;

/** Retransmission, tail loss probe and window probe timers of one sender (RFC 6298, RFC 8985 7, RFC 9293 3.8.6.1). */
final class Repetition {

    private static final long TAIL_LOSS = 20 * Timeline.MILLISECOND;
    private static final long SYN_AFTER_RESET = 8 * Timeline.MILLISECOND;
    private static final int DUPLICATES = 3;

    private final Tcb tcb;
    private final Sender sender;
    private final Timeline.Timer timeout;
    private final Timeline.Timer tailLoss;
    private final Timeline.Timer persist;
    private int retries;
    private int probes;
    private int backoff;
    private int duplicateAcks;
    private boolean recovering;
    private int recoveryEnd;

    Repetition(Tcb tcb, Sender sender) {
        this.tcb = tcb;
        this.sender = sender;
        this.timeout = tcb.kernel.timeline.timer(this::timedOut);
        this.tailLoss = tcb.kernel.timeline.timer(this::probeTail);
        this.persist = tcb.kernel.timeline.timer(this::probeWindow);
    }

    void stop() {
        timeout.cancel();
        tailLoss.cancel();
        persist.cancel();
    }

    /** Arms what has to be armed. */
    void arm() {
        if (sender.waits()) {
            persist.cancel();
            if (!timeout.armed()) {
                timeout.arm(timeoutNanos());
            }
        } else {
            timeout.cancel();
            tailLoss.cancel();
            if (sender.hasUnsent() && tcb.state().synchronised()) {
                if (!persist.armed()) {
                    persist.arm(backedOff(backoff));
                }
            } else {
                persist.cancel();
            }
        }
    }

    void sentNew() {
        if (tcb.settings.tailLossProbe()) {
            tailLoss.arm(TAIL_LOSS);
        }
    }

    private long timeoutNanos() {
        if (!sender.inFlight.peek().syn()) {
            return backedOff(retries);
        }
        int doublings = tcb.state() == TcpState.SYN_SENT
                ? Math.max(0, retries - KernelSettings.LINEAR_SYN_TIMEOUTS + 1)
                : retries;
        return Timeline.SECOND << doublings;
    }

    private static long backedOff(int count) {
        return Math.min(KernelSettings.MIN_TIMEOUT << Math.min(count, 20), KernelSettings.MAX_TIMEOUT);
    }

    private int limit() {
        if (tcb.state() == TcpState.SYN_SENT) {
            return KernelSettings.SYN_RETRIES;
        }
        if (sender.inFlight.peek().syn()) {
            return KernelSettings.SYN_ACK_RETRIES;
        }
        return tcb.orphan() ? KernelSettings.ORPHAN_RETRIES : KernelSettings.DATA_RETRIES;
    }

    private void timedOut() {
        if (retries >= limit()) {
            boolean control = sender.finSent() || sender.inFlight.peek().syn();
            tcb.vanish(control ? Unobservable.GAVE_UP_ON_CONTROL : Unobservable.GAVE_UP_ON_DATA);
            return;
        }
        retries++;
        recovering = true;
        recoveryEnd = sender.next();
        repeatFirst();
        timeout.arm(timeoutNanos());
    }

    void hurry() {
        if (retries == 0) {
            timeout.arm(SYN_AFTER_RESET);
        }
    }

    private void repeatFirst() {
        InFlight first = sender.inFlight.peek();
        if (tcb.settings.collapses() && sender.inFlight.size() > 1 && !first.syn()) {
            sender.inFlight.remove();
            InFlight second = sender.inFlight.remove();
            first = new InFlight(first.seq(), first.octets() + second.octets(), false, second.fin());
            sender.inFlight.addFirst(first);
        }
        sender.transmit(first, Packet.Purpose.REPEATED);
    }

    private void probeTail() {
        if (sender.waits() && !sender.inFlight.peek().syn()) {
            sender.transmit(sender.inFlight.peekLast(), Packet.Purpose.REPEATED);
            timeout.arm(timeoutNanos());
        }
    }

    private void probeWindow() {
        int limit = tcb.orphan() ? KernelSettings.ORPHAN_RETRIES : KernelSettings.DATA_RETRIES;
        if (probes >= limit) {
            tcb.vanish(Unobservable.GAVE_UP_ON_DATA);
            return;
        }
        probes++;
        backoff++;
        sender.windowProbe();
        persist.arm(backedOff(backoff));
    }

    /** SND.UNA moved. */
    void progress() {
        retries = 0;
        duplicateAcks = 0;
        timeout.cancel();
        tailLoss.cancel();
        recovering &= Mod32.less(sender.unacknowledged(), recoveryEnd);
        if (recovering && sender.waits()) {
            repeatFirst();
        }
        arm();
    }

    void duplicateAck() {
        duplicateAcks++;
        if (duplicateAcks == DUPLICATES
                && sender.waits()
                && !recovering
                && !sender.inFlight.peek().syn()) {
            recovering = true;
            recoveryEnd = sender.next();
            repeatFirst();
        }
    }

    /** The peer answered; Linux goes on probing an open-ended time while it does, but ever more slowly. */
    void windowIs(long window) {
        probes = 0;
        if (window > 0) {
            backoff = 0;
            persist.cancel();
        }
    }
}
