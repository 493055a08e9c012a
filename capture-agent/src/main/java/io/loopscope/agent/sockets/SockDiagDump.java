package io.loopscope.agent.sockets;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.function.Predicate;

/**
 * One dump of netlink's {@code sock_diag}: {@code include/uapi/linux/netlink.h}, {@code inet_diag.h} and {@code tcp.h}.
 * All numbers are in the byte order of the machine, except addresses and ports.
 */
final class SockDiagDump {
    /** One walk over the sockets of both families; SOCK_DIAG_BY_FAMILY would need two. */
    private static final short TCPDIAG_GETSOCK = 18;

    private static final int HEADER_OCTETS = 16;
    private static final int REQUEST_OCTETS = 60;
    private static final int EXTENSIONS_AT = HEADER_OCTETS + 3;
    private static final int STATES_AT = HEADER_OCTETS + 52;
    /** From ESTABLISHED (1) to NEW_SYN_RECV (12). What is only bound (13) is nobody's connection. */
    private static final int ALL_STATES = 0x1ffe;

    private static final int TIME_WAIT = 6;

    private static final short NLM_F_REQUEST_DUMP = 0x301;
    private static final int NLM_F_DUMP_INTR = 0x10;
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int NLMSG_OVERRUN = 4;

    private static final int INET_DIAG_MSG_OCTETS = 72;
    private static final int INET_DIAG_INFO = 2;
    private static final int ATTRIBUTE_HEADER_OCTETS = 4;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final long IPV4_PREFIX = 0xffffL << 32;

    private static final int LAST_DATA_SENT = 44;
    private static final int LAST_DATA_RECEIVED = 52;
    private static final int LAST_ACK_RECEIVED = 56;
    private static final int SEND_WINDOW = 228;

    private static final int EINTR = 4;
    private static final int EAGAIN = 11;
    private static final int ENOBUFS = 105;

    private final int sequence;
    private final Predicate<? super SocketEntry> wanted;
    private final LongPredicate known;
    private final List<SocketEntry> sockets;
    private boolean ended;
    private boolean interrupted;

    /**
     * A dump that has not begun.
     *
     * @param sequence of the request; answers to another one are skipped
     * @param known whether a socket in TIME-WAIT, of which the cookie is given, is left out without being asked for
     * @param sockets gets those that are wanted
     */
    SockDiagDump(int sequence, Predicate<? super SocketEntry> wanted, LongPredicate known, List<SocketEntry> sockets) {
        this.sequence = sequence;
        this.wanted = wanted;
        this.known = known;
        this.sockets = sockets;
    }

    /** Asks for every TCP socket of the namespace that has this detail. */
    static byte[] request(int sequence, SocketTable.Detail detail) {
        ByteBuffer request = ByteBuffer.allocate(HEADER_OCTETS + REQUEST_OCTETS).order(ByteOrder.nativeOrder());
        request.putInt(request.capacity()).putShort(TCPDIAG_GETSOCK).putShort(NLM_F_REQUEST_DUMP);
        request.putInt(sequence);
        request.put(EXTENSIONS_AT, (byte) (detail == SocketTable.Detail.AGES ? 1 << (INET_DIAG_INFO - 1) : 0));
        request.putInt(STATES_AT, detail == SocketTable.Detail.OWNED ? ALL_STATES & ~(1 << TIME_WAIT) : ALL_STATES);
        return request.array();
    }

    /** Whether the end of the table has come. */
    boolean isEnded() {
        return ended;
    }

    /** Whether the kernel says that the table changed so much meanwhile that this is none. */
    boolean isInterrupted() {
        return interrupted;
    }

    /**
     * Reads the messages of one datagram.
     *
     * @param datagram from its position to its limit, in the byte order of the machine
     * @throws SocketTableException if the kernel reports an error, or this is no such datagram
     */
    void add(ByteBuffer datagram) throws SocketTableException {
        int at = datagram.position();
        while (!ended && datagram.limit() - at >= HEADER_OCTETS) {
            int length = datagram.getInt(at);
            if (length < HEADER_OCTETS || length > datagram.limit() - at) {
                throw new SocketTableException("a netlink message has a length of " + length);
            }
            if (datagram.getInt(at + 8) == sequence) {
                message(datagram, at, length);
            }
            at += Math.min(aligned(length), datagram.limit() - at);
        }
        if (!ended && at != datagram.limit()) {
            throw new SocketTableException("a netlink datagram ends within a message");
        }
    }

    private void message(ByteBuffer datagram, int at, int length) throws SocketTableException {
        interrupted |= (datagram.getShort(at + 6) & NLM_F_DUMP_INTR) != 0;
        switch (datagram.getShort(at + 4) & 0xffff) {
            case TCPDIAG_GETSOCK -> {
                if (!isKnown(datagram, at + HEADER_OCTETS, at + length)) {
                    SocketEntry socket = socket(datagram, at + HEADER_OCTETS, at + length);
                    if (wanted.test(socket)) {
                        sockets.add(socket);
                    }
                }
            }
            case NLMSG_DONE -> {
                ended = true;
                throwError(datagram, at, length);
            }
            case NLMSG_ERROR -> {
                ended = true;
                throwError(datagram, at, length);
                throw new SocketTableException("the kernel acknowledges a dump instead of sending it");
            }
            case NLMSG_OVERRUN -> interrupted = true;
            default -> {
                // NLMSG_NOOP, or one that later kernels may have.
            }
        }
    }

    private static void throwError(ByteBuffer datagram, int at, int length) throws SocketTableException {
        int error = length < HEADER_OCTETS + Integer.BYTES ? 0 : -datagram.getInt(at + HEADER_OCTETS);
        if (error > 0) {
            boolean momentary = error == EINTR || error == EAGAIN || error == ENOBUFS;
            throw new SocketTableException("the kernel does not list its sockets (errno " + error + ")", momentary);
        }
    }

    private boolean isKnown(ByteBuffer datagram, int at, int end) {
        return end - at >= INET_DIAG_MSG_OCTETS
                && datagram.get(at + 1) == TIME_WAIT
                && known.test(cookie(datagram, at));
    }

    private static SocketEntry socket(ByteBuffer datagram, int at, int end) throws SocketTableException {
        if (end - at < INET_DIAG_MSG_OCTETS) {
            throw new SocketTableException("a socket of " + (end - at) + " octets");
        }
        int family = datagram.get(at);
        SocketState state = SocketState.ofLinux(datagram.get(at + 1));
        SocketTimer timer = SocketTimer.ofLinux(datagram.get(at + 2));
        int info = timesAreKnown(state) ? info(datagram, at + INET_DIAG_MSG_OCTETS, end) : 0;
        int infoEnd = info == 0
                ? 0
                : info + attributeLength(datagram, info - ATTRIBUTE_HEADER_OCTETS) - ATTRIBUTE_HEADER_OCTETS;
        long data = number(datagram, info, infoEnd, LAST_DATA_RECEIVED);
        long acknowledgment = number(datagram, info, infoEnd, LAST_ACK_RECEIVED);
        return new SocketEntry(
                endpoint(datagram, family, at + 8, at + 4),
                endpoint(datagram, family, at + 24, at + 6),
                state,
                unsigned(datagram, at + 68),
                cookie(datagram, at),
                datagram.getInt(at + 64),
                unsigned(datagram, at + 56),
                unsigned(datagram, at + 60),
                timer,
                timer == SocketTimer.NONE ? 0 : unsigned(datagram, at + 52),
                datagram.get(at + 3) & 0xff,
                Math.min(data, acknowledgment),
                number(datagram, info, infoEnd, LAST_DATA_SENT),
                number(datagram, info, infoEnd, SEND_WINDOW),
                SocketEntry.UNKNOWN);
    }

    private static long cookie(ByteBuffer datagram, int at) {
        return unsigned(datagram, at + 44) | unsigned(datagram, at + 48) << Integer.SIZE;
    }

    /** Before the handshake is done, the kernel's times mean nothing. */
    private static boolean timesAreKnown(SocketState state) {
        return state != SocketState.LISTEN && state != SocketState.SYN_SENT && state != SocketState.CLOSED;
    }

    /** Where {@code tcp_info} begins; 0 when it is not there: TIME-WAIT has none. */
    private static int info(ByteBuffer datagram, int from, int end) throws SocketTableException {
        int at = from;
        while (end - at >= ATTRIBUTE_HEADER_OCTETS) {
            int length = attributeLength(datagram, at);
            if (length < ATTRIBUTE_HEADER_OCTETS || length > end - at) {
                throw new SocketTableException("an attribute of a socket has a length of " + length);
            }
            if ((datagram.getShort(at + 2) & 0xffff) == INET_DIAG_INFO) {
                return at + ATTRIBUTE_HEADER_OCTETS;
            }
            at += Math.min(aligned(length), end - at);
        }
        return 0;
    }

    private static int attributeLength(ByteBuffer datagram, int at) {
        return datagram.getShort(at) & 0xffff;
    }

    /** Older kernels have a shorter {@code tcp_info}. */
    private static long number(ByteBuffer datagram, int info, int end, int offset) {
        return info == 0 || end - info < offset + Integer.BYTES
                ? SocketEntry.UNKNOWN
                : unsigned(datagram, info + offset);
    }

    private static Endpoint endpoint(ByteBuffer datagram, int family, int address, int port)
            throws SocketTableException {
        int number = (datagram.get(port) & 0xff) << Byte.SIZE | (datagram.get(port + 1) & 0xff);
        return switch (family) {
            case AF_INET -> new Endpoint(0, IPV4_PREFIX | networkOrder(datagram, address), number);
            case AF_INET6 ->
                new Endpoint(
                        networkOrder(datagram, address) << Integer.SIZE | networkOrder(datagram, address + 4),
                        networkOrder(datagram, address + 8) << Integer.SIZE | networkOrder(datagram, address + 12),
                        number);
            default -> throw new SocketTableException("a TCP socket of address family " + family);
        };
    }

    private static long networkOrder(ByteBuffer datagram, int at) {
        int number = datagram.getInt(at);
        return unsignedInt(datagram.order() == ByteOrder.BIG_ENDIAN ? number : Integer.reverseBytes(number));
    }

    private static long unsigned(ByteBuffer datagram, int at) {
        return unsignedInt(datagram.getInt(at));
    }

    private static long unsignedInt(int number) {
        return number & 0xffff_ffffL;
    }

    private static int aligned(int length) {
        return length + 3 & ~3;
    }
}
