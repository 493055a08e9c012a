package io.loopscope.systemtests.kernel;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import java.net.InetSocketAddress;
import java.util.Arrays;

/**
 * A TCP socket of the network namespace of the thread that opened it, with the options that Java's lack. Calls wait until
 * they are done, but not longer than {@link #PATIENCE_MS}.
 */
public final class TcpSocket implements AutoCloseable {
    private static final int PATIENCE_MS = 15_000;

    private static final int SOCK_STREAM = 1;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int POLLIN = 1;
    private static final int POLLOUT = 4;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_MORE = 0x8000;
    private static final int MSG_FASTOPEN = 0x2000_0000;
    private static final int SHUT_WR = 1;
    private static final int CHUNK = 1 << 20;
    private static final int RESTORED_SCALE = 10;

    private final int family;
    private final int descriptor;
    private boolean closed;

    private TcpSocket(int family, int descriptor) {
        this.family = family;
        this.descriptor = descriptor;
    }

    /** A new IPv4 socket. */
    public static TcpSocket open() {
        return open(SocketAddresses.AF_INET);
    }

    /** A new IPv6 socket; its IPv4 addresses are mapped ones. */
    static TcpSocket open6() {
        return open(SocketAddresses.AF_INET6);
    }

    private static TcpSocket open(int family) {
        int descriptor = Libc.must("socket", Libc.socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0));
        return new TcpSocket(family, descriptor)
                .with(SocketOption.REUSE_ADDRESS, 1)
                .with(SocketOption.NO_DELAY, 1);
    }

    public TcpSocket bind(InetSocketAddress address) {
        byte[] encoded = SocketAddresses.encode(family, address);
        Libc.must("bind to " + address, Libc.bind(descriptor, encoded, encoded.length));
        return this;
    }

    TcpSocket listen(int backlog) {
        Libc.must("listen", Libc.listen(descriptor, backlog));
        return this;
    }

    /** Sends the SYN, and does not wait for the answer. */
    TcpSocket beginConnect(InetSocketAddress address) {
        int error = tryConnect(address);
        if (error != 0) {
            throw new IllegalStateException("connect to " + address + " failed with errno " + error);
        }
        return this;
    }

    /** The same; the answer is errno, 0 when the SYN was sent. */
    int tryConnect(InetSocketAddress address) {
        byte[] encoded = SocketAddresses.encode(family, address);
        int error = Libc.connect(descriptor, encoded, encoded.length) < 0 ? Native.getLastError() : 0;
        return error == Libc.EINPROGRESS ? 0 : error;
    }

    /** Waits until it is known what became of the SYN; the answer is errno, 0 when connected. */
    int awaitConnected() {
        await(POLLOUT, "connect");
        return number(SocketOption.ERROR);
    }

    /** Connects, and waits until it is. */
    public TcpSocket connect(InetSocketAddress address) {
        beginConnect(address);
        int error = awaitConnected();
        if (error != 0) {
            throw new IllegalStateException("connect to " + address + " failed with errno " + error);
        }
        return this;
    }

    TcpSocket accept() {
        await(POLLIN, "accept");
        return new TcpSocket(
                family, Libc.must("accept", Libc.accept4(descriptor, Pointer.NULL, Pointer.NULL, SOCK_NONBLOCK)));
    }

    /** Its own address. */
    public InetSocketAddress local() {
        byte[] encoded = new byte[SocketAddresses.MAX_OCTETS];
        Libc.must("getsockname", Libc.getsockname(descriptor, encoded, new IntByReference(SocketAddresses.MAX_OCTETS)));
        return SocketAddresses.decode(encoded);
    }

    void send(long octets) {
        for (long left = octets; left > 0; ) {
            await(POLLOUT, "send");
            left -= sendNow((int) Math.min(left, CHUNK), 0);
        }
    }

    /** Leaves the octets in the send buffer until more comes. */
    void sendMore(int octets) {
        sendNow(octets, MSG_MORE);
    }

    /** Sends until nothing more fits into the send buffer; returns how much that was. */
    long fill() {
        long all = 0;
        for (long sent = sendNow(CHUNK, 0); sent > 0; sent = sendNow(CHUNK, 0)) {
            all += sent;
        }
        return all;
    }

    private long sendNow(int octets, int flags) {
        long sent = Libc.send(descriptor, new byte[octets], new NativeLong(octets), flags | MSG_NOSIGNAL)
                .longValue();
        if (sent < 0 && Native.getLastError() != Libc.EAGAIN) {
            throw Libc.failed("send");
        }
        return Math.max(sent, 0);
    }

    /** A SYN that carries octets (RFC 7413). */
    TcpSocket connectWith(int octets, InetSocketAddress address) {
        byte[] encoded = SocketAddresses.encode(family, address);
        int flags = MSG_FASTOPEN | MSG_NOSIGNAL;
        long sent = Libc.sendto(descriptor, new byte[octets], new NativeLong(octets), flags, encoded, encoded.length)
                .longValue();
        if (sent < 0 && Native.getLastError() != Libc.EINPROGRESS) {
            throw Libc.failed("sendto");
        }
        return this;
    }

    /** Reads exactly so many octets. */
    void receive(long octets) {
        byte[] buffer = new byte[(int) Math.min(octets, CHUNK)];
        for (long left = octets; left > 0; ) {
            await(POLLIN, "receive");
            long read = Libc.recv(descriptor, buffer, new NativeLong(Math.min(left, buffer.length)), 0)
                    .longValue();
            if (read <= 0) {
                throw read == 0 ? new IllegalStateException("the peer has closed") : Libc.failed("recv");
            }
            left -= read;
        }
    }

    /** Waits for the peer's FIN, after all octets were read. */
    void receiveEnd() {
        await(POLLIN, "receive the end");
        if (Libc.recv(descriptor, new byte[1], new NativeLong(1), 0).longValue() != 0) {
            throw new IllegalStateException("there is something else than the end");
        }
    }

    void shutdownOutput() {
        Libc.must("shutdown", Libc.shutdown(descriptor, SHUT_WR));
    }

    /** RFC 9293 3.10.5: RST, and what was not sent or not read is gone. */
    void abort() {
        Memory linger = new Memory(2 * Integer.BYTES);
        linger.setInt(0, 1);
        linger.setInt(Integer.BYTES, 0);
        set(SocketOption.LINGER, linger);
        close();
    }

    /** Is gone without a packet, as if its host had lost power. */
    public void vanish() {
        with(SocketOption.REPAIR, 1);
        close();
    }

    /** Its SYN will have this sequence number. */
    TcpSocket startingAt(int initialSequence) {
        return with(SocketOption.REPAIR, 1)
                .with(SocketOption.REPAIR_QUEUE, SocketOption.SEND_QUEUE)
                .with(SocketOption.QUEUE_SEQUENCE, initialSequence)
                .with(SocketOption.REPAIR, 0);
    }

    /** Makes an established end out of nothing: no packet is sent, and none will be until {@link #resume}. */
    TcpSocket restore(InetSocketAddress peer, int nextToSend, int nextToReceive) {
        return with(SocketOption.REPAIR, 1)
                .with(SocketOption.REPAIR_QUEUE, SocketOption.SEND_QUEUE)
                .with(SocketOption.QUEUE_SEQUENCE, nextToSend)
                .with(SocketOption.REPAIR_QUEUE, SocketOption.RECEIVE_QUEUE)
                .with(SocketOption.QUEUE_SEQUENCE, nextToReceive)
                .connect(peer)
                .scalingWindows();
    }

    private TcpSocket scalingWindows() {
        Memory option = new Memory(2 * Integer.BYTES);
        option.setInt(0, SocketOption.WINDOW_SCALE);
        option.setInt(Integer.BYTES, RESTORED_SCALE << Short.SIZE | RESTORED_SCALE);
        set(SocketOption.REPAIR_OPTIONS, option);
        return this;
    }

    /** A restored end asks its peer for the window, and lives from now on. */
    void resume() {
        with(SocketOption.REPAIR, 0);
    }

    /** From now on it does not receive these. Sockets accepted from it begin the same way. */
    void drop(SocketFilter filter) {
        set(SocketOption.ATTACH_FILTER, filter.program(), SocketFilter.FPROG_OCTETS);
    }

    /** Receives everything again. */
    void dropNothing() {
        with(SocketOption.DETACH_FILTER, 0);
    }

    /** Sets an option. */
    public TcpSocket with(SocketOption option, int value) {
        Memory number = new Memory(Integer.BYTES);
        number.setInt(0, value);
        set(option, number);
        return this;
    }

    private int number(SocketOption option) {
        return SocketAddresses.nativeOrder(get(option, Integer.BYTES)).getInt(0);
    }

    private void set(SocketOption option, Memory value) {
        set(option, value, (int) value.size());
    }

    private void set(SocketOption option, Memory value, int octets) {
        Libc.must("setsockopt " + option, Libc.setsockopt(descriptor, option.level, option.number, value, octets));
    }

    private byte[] get(SocketOption option, int octets) {
        byte[] value = new byte[octets];
        IntByReference length = new IntByReference(octets);
        Libc.must("getsockopt " + option, Libc.getsockopt(descriptor, option.level, option.number, value, length));
        return Arrays.copyOf(value, length.getValue());
    }

    /** What the kernel knows of this end. */
    TcpInfo info() {
        return TcpInfo.of(get(SocketOption.INFO, TcpInfo.OCTETS));
    }

    private void await(int events, String what) {
        byte[] descriptors = SocketAddresses.pollfd(descriptor, events);
        if (Libc.must("poll", Libc.poll(descriptors, new NativeLong(1), PATIENCE_MS)) == 0) {
            throw new AssertionError(what + ": nothing for " + PATIENCE_MS + " ms");
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Libc.must("close", Libc.close(descriptor));
        }
    }
}
