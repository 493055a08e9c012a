package io.loopscope.processor.tcp.simulation;

import static io.loopscope.processor.tcp.TcpState.CLOSED;

/** A segment arrives in TIME-WAIT: RFC 9293 3.10.7.4 and 3.6.1, RFC 6191, and what Linux makes of them. */
final class TimeWait {

    private TimeWait() {}

    static void arrives(Tcb tcb, Packet packet) {
        Receiver receiver = tcb.receiver;
        boolean old = receiver.pawsRejects(packet);
        boolean exact = packet.seq() == receiver.next();
        if (!old && exact && (packet.length() == 0 || packet.rst())) {
            if (packet.rst()) {
                // tcp_rfc1337 is off by default: a RST assassinates it.
                tcb.reset();
            } else if (tcb.settings.anyAckRestartsTimeWait()) {
                tcb.restartTimeWait();
            }
        } else if (opensAnew(tcb, packet) && !old && tcb.kernel.listening()) {
            tcb.enter(CLOSED);
            tcb.kernel.accept(packet);
        } else if (!packet.rst()) {
            boolean finAgain = packet.fin() && packet.end() == receiver.next();
            if (finAgain || (tcb.settings.anyAckRestartsTimeWait() && packet.hasAck())) {
                tcb.restartTimeWait();
            }
            tcb.challenge(packet);
        }
    }

    private static boolean opensAnew(Tcb tcb, Packet packet) {
        boolean bareSyn = packet.syn() && !packet.hasAck() && !packet.rst();
        return bareSyn && (Mod32.less(tcb.receiver.next(), packet.seq()) || tcb.receiver.newerTimestamp(packet));
    }
}
