package io.loopscope.agent.source;

import com.sun.jna.Platform;
import io.loopscope.agent.parse.LinkType;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;

/**
 * Packets of an Ethernet-like interface of Linux, {@code lo} above all, live, read where the kernel has put them: while
 * packets come there is no call into the kernel, and waiting is one. libpcap compiles the filter and says what is wrong
 * with an interface; it does not capture.
 */
public final class RingSource implements PacketSource {
    private static final int COMPILING_OCTETS = 64 * 1024;
    private final String interfaceName;
    private final RingSocket socket;
    private final RingBlocks blocks;
    /** Null for the loopback interface, which loses nothing. */
    private final @Nullable InterfaceDrops interfaceDrops;

    private final LiveTime time;
    private final AtomicLong delivered = new AtomicLong();
    private long idleUpToNs = Long.MIN_VALUE;
    private boolean deliveredSinceIdle;
    private @Nullable CaptureException failure;
    private volatile boolean closed;

    private RingSource(CaptureInterface captured, RingSocket socket, RingBlocks blocks, Duration blockTimeout) {
        interfaceName = captured.name();
        interfaceDrops =
                captured.loopback() ? null : InterfaceDrops.of(captured.name()).orElse(null);
        this.socket = socket;
        this.blocks = blocks;
        time = new LiveTime(blockTimeout);
    }

    /**
     * Begins to capture.
     *
     * @param settings what and how
     * @return a source that sees every packet from now on
     * @throws CaptureException if that is not possible, with the reason and what to do; {@code RING_UNAVAILABLE} where
     *     libpcap may still do it
     */
    public static RingSource open(LiveCapture settings) throws CaptureException {
        if (!Platform.isLinux()) {
            throw PcapFailures.ringUnavailable("only Linux has packet sockets");
        }
        CaptureInterface chosen = CaptureInterface.choose(settings.interfaceName());
        KernelFilter filter = compile(chosen.name(), settings);
        RingSocket socket = RingSocket.open(chosen.name());
        try {
            socket.attach(filter);
            if (chosen.loopback()) {
                socket.ignoreOutgoing();
            }
            RingGeometry geometry = RingGeometry.of(
                    settings.bufferOctets(), settings.blockOctets(), settings.snapLength(), RingSocket.pageOctets());
            RingBlocks blocks = new RingBlocks(
                    socket.map(geometry, settings.readTimeout()), geometry, settings.snapLength(), LinkType.ETHERNET);
            socket.bind();
            return new RingSource(chosen, socket, blocks, settings.readTimeout());
        } catch (CaptureException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** By a capture of libpcap that is given up at once: what is wrong with an interface, it says as always. */
    private static KernelFilter compile(String interfaceName, LiveCapture settings) throws CaptureException {
        try (PcapHandle handle = Pcap4jSource.activate(interfaceName, settings.withBuffer(COMPILING_OCTETS))) {
            int linkType = handle.getDlt().value();
            if (linkType != LinkType.ETHERNET) {
                throw PcapFailures.ringUnavailable("packets of %s do not begin with an Ethernet header (link type %s)"
                        .formatted(interfaceName, handle.getDlt()));
            }
            return KernelFilter.compile(handle, settings.filter());
        } catch (NotOpenException | ReflectiveOperationException | LinkageError e) {
            throw PcapFailures.broken("opening " + interfaceName, e);
        }
    }

    @Override
    public Next next(Packet packet) throws CaptureException {
        if (take(packet)) {
            return Next.PACKET;
        }
        if (!deliveredSinceIdle) {
            await();
        }
        // The clock first: what is not there now was not captured before, but for what the kernel still gathers.
        long before = time.nowNs();
        if (take(packet)) {
            return Next.PACKET;
        }
        deliveredSinceIdle = false;
        idle(before);
        return Next.IDLE;
    }

    private void await() {
        int error = socket.await(time.waitMs());
        if (error != 0) {
            failure = PcapFailures.broken(
                    "capturing on " + interfaceName, new IllegalStateException(RingSocket.describe(error)));
        }
    }

    @Override
    public void waitAtMost(int milliseconds) {
        time.waitAtMost(milliseconds);
    }

    private boolean take(Packet packet) {
        if (!blocks.next(packet)) {
            return false;
        }
        // Memory of a closed ring is empty; this is seen, at the latest, after it has been read.
        VarHandle.loadLoadFence();
        if (closed) {
            return false;
        }
        delivered.setRelease(delivered.getPlain() + 1);
        deliveredSinceIdle = true;
        return true;
    }

    private void idle(long before) throws CaptureException {
        if (closed || blocks.isFilling()) {
            return;
        }
        if (failure != null) {
            throw failure;
        }
        idleUpToNs = Math.max(idleUpToNs, time.handedOverUpToNs(before));
    }

    @Override
    public void wakeUp() {
        socket.wakeUp();
    }

    @Override
    public SourceStatistics statistics() {
        long byInterface = interfaceDrops == null ? 0 : interfaceDrops.count();
        return new SourceStatistics(delivered.get(), socket.drops(), byInterface, socket.freezes());
    }

    @Override
    public List<String> interfaces() {
        return List.of(interfaceName);
    }

    @Override
    public boolean live() {
        return true;
    }

    @Override
    public long caughtUpToNs() {
        long read = blocks.givenBackUpToNs();
        return read == Long.MIN_VALUE ? idleUpToNs : Math.max(idleUpToNs, read - LiveTime.DISORDER_NS);
    }

    @Override
    public void close() {
        closed = true;
        socket.close();
    }
}
