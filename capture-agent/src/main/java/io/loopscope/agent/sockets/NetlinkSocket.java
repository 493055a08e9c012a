package io.loopscope.agent.sockets;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A netlink socket for {@code sock_diag}. It stays in the network namespace of the thread that has opened it. */
final class NetlinkSocket implements AutoCloseable {
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW_CLOEXEC = 0x80003;
    private static final int NETLINK_SOCK_DIAG = 4;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVTIMEO = 20;
    /** The kernel answers at once; one that does not must not hold a thread for ever. */
    private static final int TIMEOUT_SECONDS = 5;
    /** The kernel fills no datagram of a dump beyond 32 KiB. */
    private static final int BUFFER_OCTETS = 65_536;

    private static final int EINTR = 4;
    private static final int ENOBUFS = 105;

    private final int descriptor;
    private final Memory memory = new Memory(BUFFER_OCTETS);
    private final ByteBuffer buffer = memory.getByteBuffer(0, BUFFER_OCTETS).order(ByteOrder.nativeOrder());
    private boolean open = true;

    private NetlinkSocket(int descriptor) {
        this.descriptor = descriptor;
    }

    static NetlinkSocket open() throws SocketTableException {
        int descriptor;
        try {
            descriptor = LibC.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_SOCK_DIAG);
        } catch (LinkageError e) { // JNA has no library for this machine, or may not unpack it.
            throw new SocketTableException("no native calls are possible here: " + e.getMessage(), e);
        }
        if (descriptor < 0) {
            throw failed("netlink is refused");
        }
        Memory timeout = new Memory(2L * NativeLong.SIZE);
        timeout.setNativeLong(0, new NativeLong(TIMEOUT_SECONDS));
        timeout.setNativeLong(NativeLong.SIZE, new NativeLong(0));
        LibC.setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, timeout, (int) timeout.size());
        return new NetlinkSocket(descriptor);
    }

    void send(byte[] message) throws SocketTableException {
        buffer.clear().put(message);
        // A netlink socket without a destination talks to the kernel.
        if (LibC.send(descriptor, memory, new NativeLong(message.length), 0).longValue() != message.length) {
            throw failed("netlink does not take a request");
        }
    }

    /** The next datagram; good until the next call. */
    ByteBuffer receive() throws SocketTableException {
        long octets;
        do {
            octets = LibC.recv(descriptor, memory, new NativeLong(BUFFER_OCTETS), 0)
                    .longValue();
        } while (octets < 0 && Native.getLastError() == EINTR);
        if (octets < 0) {
            throw failed("netlink does not answer");
        }
        return buffer.clear().limit((int) octets);
    }

    private static SocketTableException failed(String what) {
        int error = Native.getLastError();
        return new SocketTableException(what + " (errno " + error + ")", error == ENOBUFS);
    }

    @Override
    public synchronized void close() {
        if (open) {
            open = false;
            LibC.close(descriptor);
            memory.close();
        }
    }

    /** The C library's functions. */
    private static final class LibC {
        static {
            Native.register(LibC.class, "c");
        }

        private LibC() {}

        static native int socket(int domain, int type, int protocol);

        static native int setsockopt(int descriptor, int level, int option, Pointer value, int length);

        static native NativeLong send(int descriptor, Pointer octets, NativeLong length, int flags);

        static native NativeLong recv(int descriptor, Pointer octets, NativeLong length, int flags);

        static native int close(int descriptor);
    }
}
