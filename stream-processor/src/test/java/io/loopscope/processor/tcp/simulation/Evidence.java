package io.loopscope.processor.tcp.simulation;

import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.simulation.Packet.Purpose;
import io.loopscope.processor.tcp.simulation.Trace.Sent;
import java.util.EnumMap;
import java.util.Map;

/** What a set of segments of one incarnation proves, known from the sockets that sent them. */
final class Evidence {

    /** What one end has shown. */
    static final class End {
        private boolean bareSyn;
        private boolean anySyn;
        private boolean established;
        private boolean earlyText;
        private boolean fin;
        private boolean firstFin;
        private boolean finAnsweredPeers;
        private boolean peersFinBefore;
        private boolean acknowledgedSyn;
        private boolean synAckMissing;
        private boolean acknowledgedFin;
        private int highestAck;
        private long lastAt;
        private long longestSilence;

        /** It sent a SYN without ACK. */
        boolean bareSyn() {
            return bareSyn;
        }

        boolean anySyn() {
            return anySyn;
        }

        /** It sent what only an end sends that has left SYN-RECEIVED. */
        boolean established() {
            return established;
        }

        /** It sent text before its SYN was acknowledged (RFC 7413). */
        boolean earlyText() {
            return earlyText;
        }

        boolean fin() {
            return fin;
        }

        /** The first transmission of its FIN is among the segments. */
        boolean firstFin() {
            return firstFin;
        }

        /** That one acknowledged the peer's FIN, which is among the segments before it. */
        boolean finAnsweredPeers() {
            return firstFin && finAnsweredPeers && peersFinBefore;
        }

        /** It acknowledged the peer's SYN: it got it, and the peer may have heard so. */
        boolean acknowledgedSyn() {
            return acknowledgedSyn;
        }

        /**
         * The first segment with ACK that there is of it is no SYN,ACK: if it had sent one before (both opened, or its
         * repetition follows), an ACK of it from SYN-RECEIVED looks like the one that ends a handshake.
         */
        boolean synAckMissing() {
            return synAckMissing;
        }

        /** It acknowledged a FIN of the peer that is among the segments. */
        boolean acknowledgedFin() {
            return acknowledgedFin;
        }

        long lastAt() {
            return lastAt;
        }

        long longestSilence() {
            return longestSilence;
        }
    }

    private final Map<Side, End> ends = new EnumMap<>(Side.class);
    private final Map<Side, Tcb> sockets = new EnumMap<>(Side.class);
    private int incarnation = -1;
    private boolean reset;

    Evidence() {
        clear();
    }

    private void clear() {
        ends.put(Side.LOW, new End());
        ends.put(Side.HIGH, new End());
        sockets.clear();
        reset = false;
    }

    /** The core has given the connection up and meets it again, as one of which it knows nothing. */
    void forget() {
        clear();
    }

    End end(Side side) {
        return ends.get(side);
    }

    boolean reset() {
        return reset;
    }

    /** The incarnation it is about: the latest of which there was a segment; -1 before. */
    int incarnation() {
        return incarnation;
    }

    void add(Sent sent) {
        if (sent.incarnation() > incarnation) {
            incarnation = sent.incarnation();
            clear();
        }
        if (sent.incarnation() == incarnation) {
            add(sent.packet(), sent.at());
        }
    }

    private void add(Packet packet, long at) {
        reset |= packet.rst();
        Tcb origin = packet.origin();
        if (origin == null) {
            return;
        }
        sockets.put(packet.sender(), origin);
        End end = ends.get(packet.sender());
        if (end.lastAt != 0) {
            end.longestSilence = Math.max(end.longestSilence, at - end.lastAt);
        }
        end.lastAt = at;
        end.bareSyn |= packet.syn() && !packet.hasAck();
        end.anySyn |= packet.syn();
        end.fin |= packet.fin();
        if (packet.fin() && packet.purpose() == Purpose.NEW) {
            end.firstFin = true;
            end.finAnsweredPeers = origin.sender.finAnsweredPeers();
            end.peersFinBefore = ends.get(packet.sender().peer()).fin;
        }
        if (packet.hasAck() && !packet.rst()) {
            acknowledges(packet, end, peerOf(origin));
        }
        weighAcknowledgments(Side.LOW);
        weighAcknowledgments(Side.HIGH);
    }

    /** The socket it talks to, whether that one has shown itself or not. */
    private Tcb peerOf(Tcb socket) {
        Tcb shown = sockets.get(socket.side().peer());
        return shown != null || socket.opener == null ? shown : socket.opener;
    }

    private static void acknowledges(Packet packet, End end, Tcb peer) {
        Tcb origin = packet.origin();
        boolean first = !end.acknowledgedSyn;
        end.acknowledgedSyn = true;
        end.synAckMissing |= first && !packet.syn();
        end.highestAck = first || Mod32.less(end.highestAck, packet.ack()) ? packet.ack() : end.highestAck;
        // A bare ACK may come from SYN-RECEIVED: the answer to an unacceptable segment. Not from the end that opened.
        boolean opener = origin.active && peer != null && !peer.active;
        boolean fastOpen = !origin.active && origin.settings.fastOpen();
        boolean text = packet.octets() > 0;
        end.earlyText |= text && fastOpen;
        end.established |= !packet.syn() && (opener || packet.fin() || (text && !fastOpen));
    }

    private void weighAcknowledgments(Side side) {
        End end = ends.get(side);
        End peer = ends.get(side.peer());
        if (end.acknowledgedSyn && peer.fin) {
            int finEnd = sockets.get(side.peer()).sender.finEnd();
            end.acknowledgedFin |= Mod32.lessOrEqual(finEnd, end.highestAck);
        }
    }
}
