package io.loopscope.processor.tcp.simulation;

import static io.loopscope.processor.tcp.TcpState.CLOSED;
import static io.loopscope.processor.tcp.TcpState.CLOSE_WAIT;
import static io.loopscope.processor.tcp.TcpState.CLOSING;
import static io.loopscope.processor.tcp.TcpState.ESTABLISHED;
import static io.loopscope.processor.tcp.TcpState.FIN_WAIT_1;
import static io.loopscope.processor.tcp.TcpState.FIN_WAIT_2;
import static io.loopscope.processor.tcp.TcpState.LAST_ACK;
import static io.loopscope.processor.tcp.TcpState.SYN_RECEIVED;
import static io.loopscope.processor.tcp.TcpState.SYN_SENT;
import static io.loopscope.processor.tcp.TcpState.TIME_WAIT;

import io.loopscope.processor.tcp.Options;
import io.loopscope.processor.tcp.TcpState;

/** RFC 9293 3.10.7.3 and 3.10.7.4: a segment arrives at a socket. Where Linux differs, it says so. */
final class Arrival {

    private final Tcb tcb;
    private final Packet packet;

    private Arrival(Tcb tcb, Packet packet) {
        this.tcb = tcb;
        this.packet = packet;
    }

    static void at(Tcb tcb, Packet packet) {
        tcb.keepalive.heard();
        var arrival = new Arrival(tcb, packet);
        switch (tcb.state()) {
            case SYN_SENT -> arrival.inSynSent();
            case TIME_WAIT -> TimeWait.arrives(tcb, packet);
            default -> arrival.inOtherStates();
        }
    }

    private void inSynSent() {
        boolean acceptable = packet.hasAck()
                && Mod32.less(tcb.sender.initial(), packet.ack())
                && Mod32.lessOrEqual(packet.ack(), tcb.sender.next());
        if (packet.hasAck() && !acceptable) {
            if (!packet.rst()) {
                tcb.kernel.answerReset(packet);
                tcb.sender.repeatSynSoon();
            }
        } else if (packet.rst()) {
            if (acceptable) {
                tcb.reset();
            }
        } else if (packet.syn() && packet.hasAck()) {
            synchronise(packet);
            tcb.enter(ESTABLISHED);
            if (packet.ack() == tcb.sender.initial() + 1) {
                tcb.sender.takeBackSynData();
            }
            tcb.sender.acknowledgedBy(packet);
            answerHandshake();
        } else if (packet.syn()) {
            synchronise(packet);
            tcb.enter(SYN_RECEIVED);
            tcb.sender.takeBackSynData();
            tcb.sender.transmit(tcb.sender.inFlight.peek(), Packet.Purpose.NEW);
        }
    }

    /** Data that waits takes the acknowledgment of the SYN,ACK along. */
    private void answerHandshake() {
        boolean dataWaits = tcb.sender.hasUnsent();
        tcb.sender.push();
        if (!dataWaits) {
            tcb.acknowledge();
        }
    }

    private void synchronise(Packet syn) {
        Options offered = syn.options();
        boolean scaled = tcb.settings.windowScale() >= 0 && offered.windowScale() >= 0;
        tcb.timestamps &= offered.timestamps();
        tcb.receiver.synchronise(syn, scaled);
        tcb.sender.learn(syn, scaled);
    }

    private void inOtherStates() {
        if (tcb.state() == SYN_RECEIVED && !tcb.active && isTheSynAgain()) {
            tcb.sender.transmit(tcb.sender.inFlight.peek(), Packet.Purpose.REPEATED);
            return;
        }
        if (!sequenceIsFine() || packet.rst() || (!packet.hasAck() && !packet.syn())) {
            return;
        }
        boolean simultaneousSynAck = isTheirSynAckOfSimultaneousOpen();
        if (packet.syn() && !simultaneousSynAck) {
            synOnSocket();
            return;
        }
        if (acknowledgmentIsFine()) {
            tcb.receiver.noteTimestamp(packet);
            if (!simultaneousSynAck) {
                textAndFin();
            }
        }
    }

    private boolean isTheSynAgain() {
        return packet.syn() && !packet.hasAck() && !packet.rst() && packet.seq() == tcb.receiver.initial();
    }

    /** Both sent SYN and then SYN,ACK (Figure 7): the SYN,ACK is taken as the ACK it contains. */
    private boolean isTheirSynAckOfSimultaneousOpen() {
        return tcb.state() == SYN_RECEIVED
                && tcb.active
                && packet.syn()
                && packet.hasAck()
                && packet.seq() == tcb.receiver.initial()
                && packet.ack() == tcb.sender.next();
    }

    /** First and second check: sequence number and RST (RFC 5961 3). */
    private boolean sequenceIsFine() {
        if (tcb.receiver.pawsRejects(packet) && !packet.rst()) {
            tcb.challenge(packet);
            return false;
        }
        if (isTheirSynAckOfSimultaneousOpen()) {
            return true;
        }
        if (!tcb.receiver.accepts(packet)) {
            if (packet.rst()) {
                resetOneBelow();
            } else {
                tcb.challenge(packet);
            }
            return false;
        }
        if (packet.rst()) {
            if (packet.seq() == tcb.receiver.next()) {
                tcb.reset();
            } else {
                tcb.challenge(packet);
            }
        }
        return true;
    }

    /** Linux accepts a RST at RCV.NXT-1 after the peer's FIN: some stacks send it with the FIN's own number. */
    private void resetOneBelow() {
        TcpState state = tcb.state();
        boolean afterFin = state == CLOSE_WAIT || state == LAST_ACK || state == CLOSING;
        if (afterFin && packet.seq() == tcb.receiver.next() - 1) {
            tcb.reset();
        }
    }

    /** Fourth check. A passive opener that has not finished starts anew; Linux sends a RST, too. */
    private void synOnSocket() {
        if (tcb.state() == SYN_RECEIVED && !tcb.active) {
            tcb.dropAnsweringReset(packet);
        } else {
            tcb.challenge(packet);
        }
    }

    /** Fifth check. True when text and FIN may be processed. */
    private boolean acknowledgmentIsFine() {
        Sender sender = tcb.sender;
        boolean opening = sender.unacknowledged() == sender.initial();
        if (opening) {
            if (!Mod32.less(sender.unacknowledged(), packet.ack()) || !Mod32.lessOrEqual(packet.ack(), sender.next())) {
                tcb.kernel.answerReset(packet);
                return false;
            }
            sender.updateWindow(packet);
            if (tcb.state() == SYN_RECEIVED) {
                tcb.enter(ESTABLISHED);
            }
        } else if (Mod32.less(sender.next(), packet.ack())) {
            tcb.challenge(packet);
            return false;
        }
        boolean fin = sender.finAcknowledged();
        sender.acknowledgedBy(packet);
        if (!fin && sender.finAcknowledged()) {
            ownFinAcknowledged();
        }
        if (tcb.state() == CLOSED) {
            return false;
        }
        sender.push();
        if (opening) {}
        return tcb.state() != CLOSED;
    }

    private void ownFinAcknowledged() {
        switch (tcb.state()) {
            case FIN_WAIT_1 -> tcb.enter(FIN_WAIT_2);
            case CLOSING -> tcb.enter(TIME_WAIT);
            case LAST_ACK -> tcb.enter(CLOSED);
            default -> {}
        }
    }

    /** Seventh and eighth. */
    private void textAndFin() {
        if (packet.length() == 0) {
            return;
        }
        boolean receives = tcb.state() == ESTABLISHED || tcb.state() == FIN_WAIT_1 || tcb.state() == FIN_WAIT_2;
        if (!receives) {
            tcb.challenge(packet);
            return;
        }
        if (tcb.orphan() && Mod32.less(tcb.receiver.next(), packet.seq() + packet.octets())) {
            // Nobody is left to read it (RFC 9293 3.10.4, RFC 2525 2.17).
            tcb.dropAnsweringReset(packet);
            return;
        }
        boolean gap = tcb.receiver.hasGap();
        boolean moved = tcb.receiver.take(packet);
        if (!moved || gap) {
            finThenAck(true);
        } else {
            finThenAck(false);
        }
    }

    private void finThenAck(boolean atOnce) {
        if (tcb.receiver.finReceived()) {
            peerHasClosed();
        }
        if (tcb.state() == TIME_WAIT || atOnce) {
            tcb.acknowledge();
        } else if (tcb.receiver.finReceived()) {
            // Linux sends it at once when both close: TIME-WAIT would never send what is still owed.
            if (tcb.settings.delaysFinAck() && tcb.state() == CLOSE_WAIT) {
                tcb.receiver.delay();
            } else {
                tcb.acknowledge();
            }
        } else {
            tcb.receiver.acknowledgeSoon();
        }
        tcb.kernel.application.readable(tcb);
    }

    private void peerHasClosed() {
        switch (tcb.state()) {
            case ESTABLISHED -> tcb.enter(CLOSE_WAIT);
            case FIN_WAIT_1 -> tcb.enter(CLOSING);
            case FIN_WAIT_2 -> tcb.enter(TIME_WAIT);
            default -> {}
        }
    }
}
