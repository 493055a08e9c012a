package io.loopscope.processor.tcp.simulation;

import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpSettings;
import io.loopscope.processor.tcp.TcpState;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which incarnation each socket belongs to. An incarnation is one attempt to connect whose SYN was sent; two SYNs that
 * cross, and the socket that a listener makes of a SYN, belong to the same one.
 */
final class Ledger {

    private final IdentityHashMap<Tcb, Integer> incarnationOf = new IdentityHashMap<>();
    private final Map<Side, Kernel> kernels = new EnumMap<>(Side.class);
    private final IdentityHashMap<Tcb, Integer> resetAt = new IdentityHashMap<>();
    private final Set<Tcb> repeatedWhenRefused = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<Side, Tcb> latest = new EnumMap<>(Side.class);
    private int incarnations;
    private int sent;
    private final BitSet doubtful = new BitSet();

    void connect(Kernel kernel) {
        kernels.put(kernel.side, kernel);
    }

    int incarnations() {
        return incarnations;
    }

    /** The incarnations of {@link Unobservable#DOUBTFUL_OPENING}. */
    BitSet doubtful() {
        return doubtful;
    }

    int incarnationOf(Packet packet) {
        sent++;
        Tcb origin = packet.origin();
        if (origin == null) {
            Packet answered = packet.answered();
            Tcb about = answered == null ? null : answered.origin();
            noteReset(packet, about);
            return about == null ? -1 : incarnationOf.getOrDefault(about, -1);
        }
        noteReset(packet, latest.get(packet.sender().peer()));
        latest.put(packet.sender(), origin);
        if (packet.syn() && wasReset(origin)) {
            repeatedWhenRefused.add(origin);
        }
        noteFin(packet);
        int incarnation = incarnationOf.computeIfAbsent(origin, this::enter);
        if (packet.syn() && packet.hasAck() && origin.synAcks() == 1 && answersOldSyn(origin)) {
            doubtful.set(incarnation);
        }
        kernels.get(packet.sender()).speaks();
        return incarnation;
    }

    private void noteReset(Packet packet, @Nullable Tcb about) {
        if (packet.rst() && about != null) {
            resetAt.put(about, sent);
            repeatedWhenRefused.remove(about);
        }
    }

    private void noteFin(Packet packet) {
        Tcb receiver = latest.get(packet.sender().peer());
        if (receiver != null) {
            receiver.repeatedFinUnanswered(false);
            if (packet.fin()) {
                boolean again = packet.purpose() == Packet.Purpose.REPEATED;
                packet.origin().repeatedFinUnanswered(again && receiver.receiver.finReceived());
            }
        }
    }

    private int enter(Tcb socket) {
        if (!socket.active) {
            int incarnation = incarnationOf.get(socket.opener);
            return enter(incarnation, socket.opener.state() != TcpState.SYN_SENT || has(incarnation, socket.side()));
        }
        Kernel peer = kernels.get(socket.side().peer());
        Tcb theirs = peer.tcb();
        boolean waiting = theirs != null && theirs.active && theirs.state() == TcpState.SYN_SENT;
        boolean crossed = waiting && !resetAt.containsKey(theirs);
        Tcb before = latest.get(peer.side);
        boolean doubt = (waiting && !crossed) || (before != null && seemsToBeOpening(before));
        if (crossed && incarnationOf.containsKey(theirs)) {
            int incarnation = incarnationOf.get(theirs);
            // It may have crossed with another SYN of this side before.
            return enter(incarnation, doubt || has(incarnation, socket.side()));
        }
        if (theirs == null) {
            // What became of its earlier socket does not matter any more.
            peer.speaks();
        }
        return enter(incarnations++, doubt);
    }

    private int enter(int incarnation, boolean doubt) {
        doubtful.set(incarnation, doubt || doubtful.get(incarnation));
        return incarnation;
    }

    /** Both opened, but what this one got was a late SYN of a socket that is gone, or of another incarnation. */
    private boolean answersOldSyn(Tcb origin) {
        Tcb peer = kernels.get(origin.side().peer()).tcb();
        return origin.active
                && (peer == null
                        || peer.sender.initial() != origin.receiver.initial()
                        || !sameIncarnation(peer, origin));
    }

    /** That side has a socket in it already. */
    private boolean has(int incarnation, Side side) {
        return incarnationOf.entrySet().stream()
                .anyMatch(known -> known.getKey().side() == side && known.getValue() == incarnation);
    }

    /** It went in silence, so recently that its next SYN could still come. */
    private static boolean seemsToBeOpening(Tcb socket) {
        return socket.state() == TcpState.CLOSED
                && socket.active
                && socket.diedUnacknowledged()
                && socket.kernel.timeline.now() - socket.diedAt()
                        < TcpSettings.DEFAULT.giveUp().toNanos();
    }

    boolean isOfLatestIncarnation(Tcb socket) {
        return incarnationOf.getOrDefault(socket, -1) == incarnations - 1;
    }

    boolean sameIncarnation(Tcb a, Tcb b) {
        return incarnationOf.getOrDefault(a, -1).equals(incarnationOf.getOrDefault(b, -2));
    }

    /** A RST about this socket was sent. */
    boolean wasReset(Tcb socket) {
        return resetAt.containsKey(socket);
    }

    /** It sent its SYN again after the RST that refuses it, and nobody has answered that one. */
    boolean repeatedWhenRefused(Tcb socket) {
        return repeatedWhenRefused.contains(socket);
    }

    /** The socket that sent the latest segment of that side. */
    @Nullable Tcb latest(Side side) {
        return latest.get(side);
    }
}
