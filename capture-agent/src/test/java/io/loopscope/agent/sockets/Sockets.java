package io.loopscope.agent.sockets;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.function.Predicate;

/** Entries of a socket table that is made by hand. */
public final class Sockets implements SocketTable {
    private volatile List<SocketEntry> entries = List.of();
    private volatile boolean broken;

    public static Endpoint at(int port) {
        return at("127.0.0.1", port);
    }

    public static Endpoint at(String address, int port) {
        return Endpoint.of(new InetSocketAddress(address, port));
    }

    /** A socket on 127.0.0.1 with a cookie of its own. */
    public static SocketEntry socket(int local, int remote, SocketState state, long inode) {
        return socket(at(local), at(remote), state, inode, local * 100_000L + remote);
    }

    /** Without ages. */
    public static SocketEntry socket(Endpoint local, Endpoint remote, SocketState state, long inode, long cookie) {
        return new SocketEntry(
                local,
                remote,
                state,
                inode,
                cookie,
                0,
                0,
                0,
                SocketTimer.NONE,
                0,
                0,
                SocketEntry.UNKNOWN,
                SocketEntry.UNKNOWN,
                65_536,
                SocketEntry.UNKNOWN);
    }

    public static SocketEntry listener(int port, long inode, long waiting) {
        return withQueues(socket(at(port), at("0.0.0.0", 0), SocketState.LISTEN, inode, port), waiting, 128);
    }

    public static SocketEntry withQueues(SocketEntry from, long receive, long send) {
        return new SocketEntry(
                from.local(),
                from.remote(),
                from.state(),
                from.inode(),
                from.cookie(),
                from.uid(),
                receive,
                send,
                from.timer(),
                from.timerExpiresMs(),
                from.retransmits(),
                from.lastReceivedMs(),
                from.lastSentMs(),
                from.peerWindow(),
                from.pid());
    }

    public static SocketEntry withTimer(SocketEntry from, SocketTimer timer, long expiresMs, int retransmits) {
        return new SocketEntry(
                from.local(),
                from.remote(),
                from.state(),
                from.inode(),
                from.cookie(),
                from.uid(),
                from.receiveQueue(),
                from.sendQueue(),
                timer,
                expiresMs,
                retransmits,
                from.lastReceivedMs(),
                from.lastSentMs(),
                from.peerWindow(),
                from.pid());
    }

    static SocketEntry withAges(SocketEntry from, long lastReceivedMs, long lastSentMs) {
        return new SocketEntry(
                from.local(),
                from.remote(),
                from.state(),
                from.inode(),
                from.cookie(),
                from.uid(),
                from.receiveQueue(),
                from.sendQueue(),
                from.timer(),
                from.timerExpiresMs(),
                from.retransmits(),
                lastReceivedMs,
                lastSentMs,
                from.peerWindow(),
                from.pid());
    }

    static SocketEntry withPid(SocketEntry from, int pid) {
        return new SocketEntry(
                from.local(),
                from.remote(),
                from.state(),
                from.inode(),
                from.cookie(),
                from.uid(),
                from.receiveQueue(),
                from.sendQueue(),
                from.timer(),
                from.timerExpiresMs(),
                from.retransmits(),
                from.lastReceivedMs(),
                from.lastSentMs(),
                from.peerWindow(),
                pid);
    }

    public Sockets set(SocketEntry... now) {
        entries = List.of(now);
        return this;
    }

    public void setBroken(boolean isBroken) {
        broken = isBroken;
    }

    @Override
    public List<SocketEntry> read(Predicate<? super SocketEntry> wanted) throws IOException {
        if (broken) {
            throw new SocketTableException("the table is broken");
        }
        return entries.stream().filter(wanted).toList();
    }

    @Override
    public List<SocketEntry> read(Predicate<? super SocketEntry> wanted, LongPredicate known) throws IOException {
        Predicate<SocketEntry> unknown =
                socket -> socket.state() != SocketState.TIME_WAIT || !known.test(socket.cookie());
        return read(unknown.and(wanted));
    }

    @Override
    public String source() {
        return "hand";
    }
}
