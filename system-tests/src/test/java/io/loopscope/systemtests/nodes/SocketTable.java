package io.loopscope.systemtests.nodes;

import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.parse.TcpFlags;
import io.loopscope.schemas.v1.GoneSocket;
import io.loopscope.schemas.v1.KernelSocket;
import io.loopscope.schemas.v1.SocketAddress;
import io.loopscope.schemas.v1.SocketReport;
import io.loopscope.schemas.v1.TcpState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Roughly what a kernel's socket table would show of the traffic: good enough for the processor to agree with it, to
 * learn owners from it, and now and then to disagree. A full look at a busy host takes several reports.
 */
final class SocketTable {
    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final int MOST_SOCKETS = 25;
    private static final int FULL_EVERY = 4;
    private static final long TIME_WAIT_NS = 60_000_000_000L;

    private final Map<End, Entry> sockets = new LinkedHashMap<>();
    private final Map<End, Entry> told = new LinkedHashMap<>();
    private long nextPoll;

    private record End(int local, int remote) {
        End peer() {
            return new End(/* local= */ remote, /* remote= */ local);
        }
    }

    private record Entry(TcpState state, long sinceNs) {}

    /** A segment has been captured. */
    void see(SegmentHeader header, long timeNs) {
        End sender = new End(header.sourcePort(), header.destinationPort());
        int flags = header.flags();
        if ((flags & TcpFlags.RST) != 0) {
            sockets.remove(sender);
            sockets.remove(sender.peer());
        } else if ((flags & TcpFlags.SYN) != 0) {
            boolean answer = (flags & TcpFlags.ACK) != 0;
            move(answer ? sender.peer() : sender, TcpState.SYN_SENT, timeNs);
            move(answer ? sender : sender.peer(), TcpState.SYN_RECEIVED, timeNs);
        } else if ((flags & TcpFlags.FIN) != 0) {
            close(sender, timeNs);
        } else if (state(sender) != TcpState.FIN_WAIT_2 && state(sender) != TcpState.CLOSE_WAIT) {
            establish(sender, timeNs);
        }
    }

    private void establish(End sender, long timeNs) {
        if (state(sender) == TcpState.SYN_SENT || state(sender) == TcpState.UNKNOWN) {
            move(sender, TcpState.ESTABLISHED, timeNs);
            move(sender.peer(), TcpState.ESTABLISHED, timeNs);
        }
    }

    private void close(End sender, long timeNs) {
        if (state(sender) == TcpState.CLOSE_WAIT) {
            sockets.remove(sender);
            move(sender.peer(), TcpState.TIME_WAIT, timeNs);
        } else {
            move(sender, TcpState.FIN_WAIT_2, timeNs);
            move(sender.peer(), TcpState.CLOSE_WAIT, timeNs);
        }
    }

    private TcpState state(End end) {
        Entry entry = sockets.get(end);
        return entry == null ? TcpState.UNKNOWN : entry.state;
    }

    private void move(End end, TcpState state, long timeNs) {
        sockets.put(end, new Entry(state, timeNs));
    }

    /** Id of the last poll; null before the first. */
    Long lastPoll() {
        return nextPoll == 0 ? null : nextPoll - 1;
    }

    /** The agent begins again: it has told nothing yet. */
    void agentRestarts() {
        nextPoll = 0;
        told.clear();
    }

    /** The table is read; what has changed is told, and everything now and then. */
    List<SocketReport.Builder> poll(long nowNs) {
        sockets.values().removeIf(entry -> entry.state == TcpState.TIME_WAIT && nowNs - entry.sinceNs > TIME_WAIT_NS);
        boolean full = nextPoll % FULL_EVERY == 0;
        List<KernelSocket> changed = new ArrayList<>();
        sockets.forEach((end, entry) -> {
            if (full || !entry.equals(told.get(end))) {
                changed.add(socket(end, entry, nowNs));
            }
        });
        List<GoneSocket> gone = new ArrayList<>();
        told.forEach((end, entry) -> {
            if (!sockets.containsKey(end)) {
                gone.add(new GoneSocket(address(end.local), address(end.remote), entry.state, cookie(end)));
            }
        });
        told.clear();
        told.putAll(sockets);
        return reports(nextPoll++, full, nowNs, changed, gone);
    }

    private static List<SocketReport.Builder> reports(
            long poll, boolean full, long nowNs, List<KernelSocket> changed, List<GoneSocket> gone) {
        List<SocketReport.Builder> reports = new ArrayList<>();
        Iterator<KernelSocket> rest = changed.iterator();
        do {
            List<KernelSocket> part = new ArrayList<>();
            while (rest.hasNext() && part.size() < MOST_SOCKETS) {
                part.add(rest.next());
            }
            reports.add(SocketReport.newBuilder()
                    .setPollId(poll)
                    .setFull(full)
                    .setLastOfPoll(!rest.hasNext())
                    .setTimeNs(nowNs)
                    .setSockets(part)
                    .setGone(rest.hasNext() ? List.of() : gone));
        } while (rest.hasNext());
        return reports;
    }

    private static KernelSocket socket(End end, Entry entry, long nowNs) {
        boolean owned = entry.state != TcpState.TIME_WAIT && entry.state != TcpState.SYN_RECEIVED;
        KernelSocket.Builder socket = KernelSocket.newBuilder()
                .setLocal(address(end.local))
                .setRemote(address(end.remote))
                .setState(entry.state)
                .setInode(owned ? 100_000 + end.local : 0)
                .setCookie(cookie(end))
                .setUid(1_000)
                .setReceiveQueue(entry.state == TcpState.CLOSE_WAIT ? 17 : 0)
                .setSendQueue(0)
                .setLastReceivedMs((nowNs - entry.sinceNs) / 1_000_000);
        if (owned) {
            socket.setPid(1_000 + end.local % 7)
                    .setProcess("server-" + end.local % 7)
                    .setFileDescriptor(end.local);
        }
        return socket.build();
    }

    private static long cookie(End end) {
        return ((long) end.local << 16) | end.remote;
    }

    private static SocketAddress address(int port) {
        return new SocketAddress(ByteBuffer.wrap(LOOPBACK), port);
    }
}
