package io.loopscope.agent.publish;

import io.loopscope.agent.parse.IpAddress;
import io.loopscope.agent.sockets.Endpoint;
import io.loopscope.agent.sockets.PolledSocket;
import io.loopscope.agent.sockets.SocketEntry;
import io.loopscope.agent.sockets.SocketOwner;
import io.loopscope.agent.sockets.SocketPoll;
import io.loopscope.agent.sockets.SocketState;
import io.loopscope.agent.sockets.SocketTimer;
import io.loopscope.schemas.v1.GoneSocket;
import io.loopscope.schemas.v1.KernelSocket;
import io.loopscope.schemas.v1.SocketAddress;
import io.loopscope.schemas.v1.SocketReport;
import io.loopscope.schemas.v1.TcpState;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes records of a poll of the kernel's socket table. */
public final class SocketReports {
    /** Sockets of one record at most: some 50 KB before compression. */
    static final int MOST_SOCKETS = 500;

    private static final Map<SocketState, TcpState> STATES = new EnumMap<>(SocketState.class);

    static {
        for (SocketState state : SocketState.values()) {
            STATES.put(state, TcpState.valueOf(state.name()));
        }
    }

    private final Identity identity;

    /** Makes records of this agent. */
    public SocketReports(Identity identity) {
        this.identity = identity;
    }

    /**
     * The records of one poll, in order; at least one, so that a poll without changes shows too. Each is made when it is its
     * turn: all at once would be as many octets as the rest of an agent needs.
     */
    public Iterator<SocketReport> of(SocketPoll poll) {
        return new Split(poll);
    }

    private final class Split implements Iterator<SocketReport> {
        private final SocketPoll poll;
        private int sockets;
        private int gone;
        private boolean ended;

        Split(SocketPoll poll) {
            this.poll = poll;
        }

        @Override
        public boolean hasNext() {
            return !ended;
        }

        @Override
        public SocketReport next() {
            if (ended) {
                throw new NoSuchElementException();
            }
            // What is gone comes first: its addresses and ports may be in use again.
            int goneEnd = Math.min(poll.gone().size(), gone + MOST_SOCKETS);
            int room = MOST_SOCKETS - (goneEnd - gone);
            int socketsEnd = Math.min(poll.sockets().size(), sockets + room);
            ended = goneEnd == poll.gone().size()
                    && socketsEnd == poll.sockets().size();
            SocketReport next = report(
                    poll,
                    poll.sockets().subList(sockets, socketsEnd),
                    poll.gone().subList(gone, goneEnd),
                    ended);
            sockets = socketsEnd;
            gone = goneEnd;
            return next;
        }
    }

    private SocketReport report(SocketPoll poll, List<PolledSocket> sockets, List<SocketEntry> gone, boolean last) {
        SocketReport report = new SocketReport();
        report.setHostId(identity.hostId());
        report.setBootId(identity.bootId());
        report.setAgentEpoch(identity.agentEpoch());
        report.setNetworkNamespace(identity.networkNamespace());
        report.setPollId(poll.id());
        report.setFull(poll.full());
        report.setLastOfPoll(last);
        report.setTimeNs(poll.timeNs());
        report.setSockets(sockets.stream().map(SocketReports::socket).toList());
        report.setGone(gone.stream().map(SocketReports::gone).toList());
        report.setListenOverflows(poll.facts().listenOverflows());
        report.setEphemeralPortFirst(poll.facts().ephemeralPortFirst());
        report.setEphemeralPortLast(poll.facts().ephemeralPortLast());
        return report;
    }

    private static KernelSocket socket(PolledSocket polled) {
        SocketEntry entry = polled.entry();
        KernelSocket socket = new KernelSocket();
        socket.setLocal(address(entry.local()));
        socket.setRemote(address(entry.remote()));
        socket.setState(state(entry.state()));
        socket.setInode(entry.inode());
        socket.setCookie(entry.cookie());
        socket.setUid(entry.uid());
        socket.setReceiveQueue(entry.receiveQueue());
        socket.setSendQueue(entry.sendQueue());
        boolean timed = entry.timer() != SocketTimer.NONE;
        socket.setTimer(timed ? entry.timer().name().toLowerCase(Locale.ROOT) : null);
        socket.setTimerExpiresMs(timed ? Long.valueOf(entry.timerExpiresMs()) : null);
        socket.setRetransmits(entry.retransmits());
        socket.setLastReceivedMs(known(entry.lastReceivedMs()));
        socket.setLastSentMs(known(entry.lastSentMs()));
        socket.setPeerWindow(known(entry.peerWindow()));
        setOwner(socket, entry, polled.owner());
        return socket;
    }

    private static void setOwner(KernelSocket socket, SocketEntry entry, @Nullable SocketOwner owner) {
        if (owner != null) {
            socket.setPid(owner.pid());
            socket.setProcess(owner.process().isEmpty() ? null : owner.process());
            socket.setFileDescriptor(owner.fileDescriptor());
            socket.setOpenFiles(known(owner.openFiles()));
            socket.setOpenFilesLimit(known(owner.openFilesLimit()));
        } else if (entry.pid() != SocketEntry.UNKNOWN) {
            socket.setPid(entry.pid());
        }
    }

    private static GoneSocket gone(SocketEntry entry) {
        return new GoneSocket(address(entry.local()), address(entry.remote()), state(entry.state()), entry.cookie());
    }

    private static SocketAddress address(Endpoint endpoint) {
        return new SocketAddress(ByteBuffer.wrap(IpAddress.octets(endpoint.high(), endpoint.low())), endpoint.port());
    }

    /** Both enumerations have RFC 9293's names. */
    private static TcpState state(SocketState state) {
        return Objects.requireNonNull(STATES.get(state));
    }

    private static @Nullable Long known(long number) {
        return number == SocketEntry.UNKNOWN ? null : Long.valueOf(number);
    }
}
