package io.loopscope.agent.source;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * A packet socket with a TPACKET_V3 ring, see packet(7). It stays in the network namespace of the thread that has opened
 * it. Once it is bound, any thread may call anything at any time, but only one may wait.
 */
final class RingSocket implements AutoCloseable {
    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW_CLOEXEC = 0x80003;
    private static final int ETH_P_ALL = 3;
    private static final int SOCKADDR_LL_OCTETS = 20;
    private static final int EFD_CLOEXEC_NONBLOCK = 0x80800;

    private static final int SOL_SOCKET = 1;
    private static final int SO_ERROR = 4;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_RX_RING = 5;
    private static final int PACKET_STATISTICS = 6;
    private static final int PACKET_VERSION = 10;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final int TPACKET_V3 = 2;

    private static final short POLLIN = 1;
    private static final short POLLERR = 8;
    private static final int POLLFD_OCTETS = 8;
    private static final int POLLFD_EVENTS = 4;
    private static final int POLLFD_ANSWER = 6;

    private static final int EPERM = 1;
    private static final long MASK = 0xffff_ffffL;

    private final String interfaceName;
    private final int descriptor;
    /** An eventfd that ends a wait. */
    private final int bell;

    private final Memory pollfds = new Memory(2L * POLLFD_OCTETS);
    private final LongAdder drops = new LongAdder();
    private final LongAdder freezes = new LongAdder();
    private final AtomicBoolean closed = new AtomicBoolean();
    /** Read: the descriptors are in use. Write: they are closed. */
    private final ReadWriteLock using = new ReentrantReadWriteLock();

    private @Nullable RingMemory memory;

    private RingSocket(String interfaceName, int descriptor, int bell) {
        this.interfaceName = interfaceName;
        this.descriptor = descriptor;
        this.bell = bell;
        pollfds.setInt(0, descriptor);
        pollfds.setShort(POLLFD_EVENTS, POLLIN);
        pollfds.setInt(POLLFD_OCTETS, bell);
        pollfds.setShort(POLLFD_OCTETS + POLLFD_EVENTS, POLLIN);
    }

    /**
     * A socket to which nothing is delivered yet.
     *
     * @param interfaceName what it is for
     * @throws CaptureException if there are none here, or not for this process
     */
    static RingSocket open(String interfaceName) throws CaptureException {
        int descriptor = LibC.socket(AF_PACKET, SOCK_RAW_CLOEXEC, 0);
        if (descriptor < 0) {
            throw refused(interfaceName, "a packet socket");
        }
        int bell = LibC.eventfd(0, EFD_CLOEXEC_NONBLOCK);
        if (bell < 0) {
            CaptureException failure = refused(interfaceName, "an eventfd");
            LibC.close(descriptor);
            throw failure;
        }
        return new RingSocket(interfaceName, descriptor, bell);
    }

    /** The size of a page of memory. */
    static int pageOctets() {
        return LibC.getpagesize();
    }

    /** Delivers only what passes the filter. To be called before {@link #bind}, or other packets come first. */
    void attach(KernelFilter filter) throws CaptureException {
        String what = "a filter of %d instructions".formatted(filter.instructions());
        set(SOL_SOCKET, SO_ATTACH_FILTER, filter.program(), what);
    }

    /**
     * Has the kernel hand over each loopback packet once. Without it a packet socket sees every packet going out and
     * coming in, and the sender pays for both.
     */
    void ignoreOutgoing() throws CaptureException {
        set(SOL_PACKET, PACKET_IGNORE_OUTGOING, number(1), "PACKET_IGNORE_OUTGOING, which needs Linux 4.20");
    }

    /**
     * Has the kernel put packets into memory that this process shares with it.
     *
     * @param blockTimeout how long a block may wait for more packets once there are some
     * @return the memory; it may be read even when the socket is closed, and is empty then
     */
    ByteBuffer map(RingGeometry geometry, Duration blockTimeout) throws CaptureException {
        String what = "a ring of %d blocks of %d octets".formatted(geometry.blocks(), geometry.blockOctets());
        set(SOL_PACKET, PACKET_VERSION, number(TPACKET_V3), "TPACKET_V3");
        set(SOL_PACKET, PACKET_RX_RING, request(geometry, blockTimeout), what);
        Pointer mapped = RingMemory.map(descriptor, geometry.octets());
        if (!RingMemory.isMapped(mapped)) {
            throw refused(interfaceName, "the memory of " + what);
        }
        RingMemory ring = RingMemory.of(mapped, geometry.octets());
        memory = ring;
        return ring.buffer();
    }

    /** {@code struct tpacket_req3}. A frame is of no meaning in this version, but it has to fit into a block. */
    private static Memory request(RingGeometry geometry, Duration blockTimeout) {
        int octets = geometry.blockOctets();
        int blocks = geometry.blocks();
        int[] fields = {octets, blocks, octets, blocks, (int) blockTimeout.toMillis(), 0, 0};
        Memory request = new Memory((long) fields.length * Integer.BYTES);
        request.write(0, fields, 0, fields.length);
        return request;
    }

    /** Begins to deliver the packets of the interface. */
    void bind() throws CaptureException {
        Memory address = new Memory(SOCKADDR_LL_OCTETS);
        address.clear();
        address.setShort(0, (short) AF_PACKET);
        address.write(Short.BYTES, new byte[] {0, ETH_P_ALL}, 0, Short.BYTES);
        address.setInt(2L * Short.BYTES, LibC.if_nametoindex(interfaceName));
        if (LibC.bind(descriptor, address, SOCKADDR_LL_OCTETS) != 0) {
            throw refused(interfaceName, "binding to " + interfaceName);
        }
    }

    /**
     * Waits until a block is handed over, somebody calls {@link #wakeUp}, or the time is over. For one thread.
     *
     * @return the error of the socket, as errno; 0 for none
     */
    int await(int timeoutMs) {
        using.readLock().lock();
        try {
            // An interrupted or failing wait is like one that is over.
            if (closed.get() || LibC.poll(pollfds, new NativeLong(2), timeoutMs) <= 0) {
                return 0;
            }
            if (pollfds.getShort(POLLFD_OCTETS + POLLFD_ANSWER) != 0) {
                LibC.read(bell, new Memory(Long.BYTES), new NativeLong(Long.BYTES));
            }
            return (pollfds.getShort(POLLFD_ANSWER) & POLLERR) == 0 ? 0 : error();
        } finally {
            using.readLock().unlock();
        }
    }

    /** The kernel forgets it when it has told it. */
    private int error() {
        Memory value = new Memory(Integer.BYTES);
        return LibC.getsockopt(descriptor, SOL_SOCKET, SO_ERROR, value, number(Integer.BYTES)) == 0
                ? value.getInt(0)
                : Native.getLastError();
    }

    /** Ends a wait, or the next one. */
    void wakeUp() {
        using.readLock().lock();
        try {
            if (!closed.get()) {
                ringTheBell();
            }
        } finally {
            using.readLock().unlock();
        }
    }

    private void ringTheBell() {
        Memory one = new Memory(Long.BYTES);
        one.setLong(0, 1);
        LibC.write(bell, one, new NativeLong(Long.BYTES));
    }

    /** Packets that found no room, so far. */
    long drops() {
        using.readLock().lock();
        try {
            if (!closed.get()) {
                readStatistics();
            }
        } finally {
            using.readLock().unlock();
        }
        return drops.sum();
    }

    /** How often the ring was full, when {@link #drops} was called last. */
    long freezes() {
        return freezes.sum();
    }

    /** {@code struct tpacket_stats_v3}: packets, drops, freezes. The kernel counts from one reading to the next. */
    private void readStatistics() {
        Memory counters = new Memory(3L * Integer.BYTES);
        if (LibC.getsockopt(descriptor, SOL_PACKET, PACKET_STATISTICS, counters, number((int) counters.size())) == 0) {
            drops.add(counters.getInt(Integer.BYTES) & MASK);
            freezes.add(counters.getInt(2L * Integer.BYTES) & MASK);
        }
    }

    private void set(int level, int option, Memory value, String what) throws CaptureException {
        if (LibC.setsockopt(descriptor, level, option, value, (int) value.size()) != 0) {
            throw refused(interfaceName, what);
        }
    }

    private static Memory number(int value) {
        Memory memory = new Memory(Integer.BYTES);
        memory.setInt(0, value);
        return memory;
    }

    private static CaptureException refused(String interfaceName, String what) {
        int error = Native.getLastError();
        String why = "the kernel refuses " + what + ": " + describe(error);
        return error == EPERM ? PcapFailures.noPermission(interfaceName, why, null) : PcapFailures.ringUnavailable(why);
    }

    /** In words. */
    static String describe(int error) {
        return LibC.strerror(error) + " (errno " + error + ")";
    }

    /** Ends the capture. Waits for another thread's wait, which it ends. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        ringTheBell();
        using.writeLock().lock();
        try {
            readStatistics();
            // The mapping keeps the socket alive: it has to go for the capture to end.
            if (memory != null) {
                memory.close();
            }
            LibC.close(descriptor);
            LibC.close(bell);
        } finally {
            using.writeLock().unlock();
        }
    }
}
