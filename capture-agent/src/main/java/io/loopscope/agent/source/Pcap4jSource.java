package io.loopscope.agent.source;

import com.sun.jna.Platform;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.pcap4j.core.BpfProgram.BpfCompileMode;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapHandle.BlockingMode;
import org.pcap4j.core.PcapHandle.TimestampPrecision;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.PcapNetworkInterface.PromiscuousMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Packets of an interface, live, through libpcap. pcap4j finds, opens and filters; packets are read as raw octets into
 * one buffer.
 */
public final class Pcap4jSource implements PacketSource {
    private static final Logger LOG = LoggerFactory.getLogger(Pcap4jSource.class);
    private static final int READ_DROPS_EVERY = 4096;
    private final PcapHandle handle;
    private final PcapCapture capture;
    /** Null where libpcap's own timeout is to be relied on. */
    private final @Nullable LinuxSocket socket;

    private final String interfaceName;
    private final int linkType;
    private final LiveTime time;
    private final AtomicLong delivered = new AtomicLong();
    private final PcapDrops drops = new PcapDrops();
    private boolean deliveredSinceIdle;
    private long caughtUpToNs = Long.MIN_VALUE;
    private boolean closed;

    private Pcap4jSource(
            PcapHandle handle,
            PcapCapture capture,
            @Nullable LinuxSocket socket,
            String interfaceName,
            Duration readTimeout) {
        this.handle = handle;
        this.capture = capture;
        this.socket = socket;
        this.interfaceName = interfaceName;
        linkType = handle.getDlt().value();
        time = new LiveTime(readTimeout);
    }

    /**
     * Begins to capture.
     *
     * @param settings what and how
     * @return a source that sees every packet from now on
     * @throws CaptureException if that is not possible, with the reason and what to do
     */
    public static Pcap4jSource open(LiveCapture settings) throws CaptureException {
        CaptureInterface chosen = CaptureInterface.choose(settings.interfaceName());
        PcapHandle handle = activate(chosen.name(), settings);
        try {
            filter(handle, settings.filter());
            PcapCapture capture = new PcapCapture(handle, settings.snapLength());
            LinuxSocket socket = Platform.isLinux() ? new LinuxSocket(capture.descriptor()) : null;
            if (socket != null) {
                handle.setBlockingMode(BlockingMode.NONBLOCKING);
                if (chosen.loopback()) {
                    socket.ignoreOutgoing();
                }
            }
            return new Pcap4jSource(handle, capture, socket, chosen.name(), settings.readTimeout());
        } catch (CaptureException e) {
            handle.close();
            throw e;
        } catch (PcapNativeException | NotOpenException | ReflectiveOperationException | LinkageError e) {
            handle.close();
            throw PcapFailures.broken("opening " + chosen.name(), e);
        }
    }

    /** An open capture without a filter. */
    static PcapHandle activate(String name, LiveCapture settings) throws CaptureException {
        try {
            // Where nanoseconds are not to be had, pcap4j falls back to microseconds.
            return new PcapHandle.Builder(name)
                    .snaplen(settings.snapLength())
                    .promiscuousMode(PromiscuousMode.NONPROMISCUOUS)
                    .timeoutMillis((int) settings.readTimeout().toMillis())
                    .bufferSize(settings.bufferOctets())
                    .timestampPrecision(TimestampPrecision.NANO)
                    .build();
        } catch (PcapNativeException e) {
            throw PcapFailures.opening(name, e);
        }
    }

    private static void filter(PcapHandle handle, String filter) throws CaptureException, NotOpenException {
        try {
            handle.setFilter(filter, BpfCompileMode.OPTIMIZE);
        } catch (PcapNativeException e) {
            throw PcapFailures.badFilter(filter, e);
        }
    }

    @Override
    public Next next(Packet packet) throws CaptureException {
        long before = time.nowNs();
        Next next = read(packet);
        if (next == Next.IDLE && socket != null && !deliveredSinceIdle) {
            socket.await(time.waitMs());
            before = time.nowNs();
            next = read(packet);
        }
        deliveredSinceIdle = next == Next.PACKET;
        if (next == Next.IDLE) {
            caughtUpToNs = Math.max(caughtUpToNs, time.handedOverUpToNs(before));
        }
        return next;
    }

    @Override
    public void waitAtMost(int milliseconds) {
        time.waitAtMost(milliseconds);
    }

    /** Not while the handle is being closed: libpcap would read freed memory. */
    private synchronized Next read(Packet packet) throws CaptureException {
        if (closed) {
            return Next.IDLE;
        }
        int answer = capture.next();
        if (answer < 0) {
            throw PcapFailures.broken("capturing on " + interfaceName, new PcapNativeException(capture.error()));
        }
        if (answer == 0) {
            readDrops();
            return Next.IDLE;
        }
        packet.setData(capture.packet(), 0, capture.capturedLength(), capture.wireLength());
        packet.setOrigin(linkType, 0, capture.timeNs());
        caughtUpToNs = Math.max(caughtUpToNs, packet.timestampNs() - LiveTime.DISORDER_NS);
        long count = delivered.getPlain() + 1;
        delivered.setRelease(count);
        if (count % READ_DROPS_EVERY == 0) {
            readDrops();
        }
        return Next.PACKET;
    }

    private void readDrops() throws CaptureException {
        try {
            drops.update(handle.getStats());
        } catch (PcapNativeException | NotOpenException e) {
            throw PcapFailures.broken("reading the counters of " + interfaceName, e);
        }
    }

    @Override
    public void wakeUp() {
        // No wait is long: see LiveTime.
    }

    @Override
    public SourceStatistics statistics() {
        return new SourceStatistics(delivered.get(), drops.kernel(), drops.byInterface());
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
        return caughtUpToNs;
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            readDrops();
        } catch (CaptureException e) { // Those read before stand.
            LOG.debug("no last counters", e);
        }
        handle.close();
    }
}
