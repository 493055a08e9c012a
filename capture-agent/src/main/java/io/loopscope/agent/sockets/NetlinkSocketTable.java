package io.loopscope.agent.sockets;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import java.util.function.Predicate;

/** The table as the kernel dumps it through netlink. */
final class NetlinkSocketTable implements SocketTable {
    private final NetlinkSocket socket;
    private final Detail detail;
    private final AtomicLong retries = new AtomicLong();
    private int sequence;
    private int expectedSockets;

    private NetlinkSocketTable(NetlinkSocket socket, Detail detail) {
        this.socket = socket;
        this.detail = detail;
    }

    /** Opens it and reads it once, which shows whether that is allowed. */
    static NetlinkSocketTable open(Detail detail) throws SocketTableException {
        NetlinkSocketTable table = new NetlinkSocketTable(NetlinkSocket.open(), detail);
        try {
            table.read(any -> false);
            return table;
        } catch (SocketTableException e) {
            table.close();
            throw e;
        }
    }

    @Override
    public List<SocketEntry> read(Predicate<? super SocketEntry> wanted) throws SocketTableException {
        return read(wanted, cookie -> false);
    }

    @Override
    public synchronized List<SocketEntry> read(Predicate<? super SocketEntry> wanted, LongPredicate known)
            throws SocketTableException {
        try {
            return dump(wanted, known);
        } catch (SocketTableException broken) {
            if (!broken.isMomentary()) {
                throw broken;
            }
            retries.incrementAndGet();
            return dump(wanted, known);
        }
    }

    /** Also an attempt that has failed is read to its end: the kernel begins no other dump before that. */
    private List<SocketEntry> dump(Predicate<? super SocketEntry> wanted, LongPredicate known)
            throws SocketTableException {
        sequence++;
        socket.send(SockDiagDump.request(sequence, detail));
        List<SocketEntry> sockets = new ArrayList<>(expectedSockets);
        SockDiagDump dump = new SockDiagDump(sequence, wanted, known, sockets);
        boolean lost = false;
        while (!dump.isEnded()) {
            try {
                dump.add(socket.receive());
            } catch (SocketTableException failure) {
                if (!failure.isMomentary() || lost) {
                    throw failure;
                }
                lost = true;
            }
        }
        if (lost || dump.isInterrupted()) {
            throw new SocketTableException("the socket table could not be read in one go", true);
        }
        expectedSockets = sockets.size();
        return sockets;
    }

    @Override
    public String source() {
        return "sock_diag";
    }

    @Override
    public long retries() {
        return retries.get();
    }

    @Override
    public void close() {
        socket.close();
    }
}
