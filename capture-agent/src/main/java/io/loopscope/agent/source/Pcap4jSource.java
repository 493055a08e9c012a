package io.loopscope.agent.source;

import java.io.EOFException;
import java.nio.ByteBuffer;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.pcap4j.core.BpfProgram.BpfCompileMode;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapHandle.BlockingMode;
import org.pcap4j.core.PcapHandle.TimestampPrecision;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.PcapNetworkInterface.PromiscuousMode;

/** Packets of an interface, live, through libpcap. Works wherever libpcap does; only raw octets cross into Java. */
public final class Pcap4jSource implements PacketSource {
    private static final int WAIT_MS = 100;
    private static final int READ_DROPS_EVERY = 4096;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long MILLIS_PER_SECOND = 1_000;
    /** Two CPUs may stamp packets in another order than they queue them: 59 µs were seen. */
    private static final long DISORDER_NS = 1_000_000;
    /** The kernel hands a buffer over at the second tick of its timer at the latest, and a tick may come late. */
    private static final int TICKS = 2;

    private static final Duration TICK_DELAY = Duration.ofMillis(20);

    private final PcapHandle handle;
    private final Optional<PcapDescriptor> descriptor;
    private final String interfaceName;
    private final int linkType;
    private final long latencyNs;
    private final Clock clock = Clock.systemUTC();
    private final AtomicLong delivered = new AtomicLong();
    private final PcapDrops drops = new PcapDrops();
    private long caughtUpToNs = Long.MIN_VALUE;
    private volatile boolean closed;

    private Pcap4jSource(
            PcapHandle handle, Optional<PcapDescriptor> descriptor, String interfaceName, Duration readTimeout) {
        this.handle = handle;
        this.descriptor = descriptor;
        this.interfaceName = interfaceName;
        linkType = handle.getDlt().value();
        latencyNs = readTimeout.multipliedBy(TICKS).plus(TICK_DELAY).toNanos();
    }

    /**
     * Begins to capture.
     *
     * @param capture what and how
     * @return a source that sees every packet from now on
     * @throws CaptureException if that is not possible, with the reason and what to do
     */
    public static Pcap4jSource open(LiveCapture capture) throws CaptureException {
        CaptureInterface chosen = CaptureInterface.choose(capture.interfaceName());
        PcapHandle handle = activate(chosen.name(), capture);
        try {
            filter(handle, capture.filter());
            Optional<PcapDescriptor> descriptor = onLinux() ? PcapDescriptor.of(handle) : Optional.empty();
            if (descriptor.isPresent()) {
                handle.setBlockingMode(BlockingMode.NONBLOCKING);
                if (chosen.loopback()) {
                    descriptor.get().ignoreOutgoing();
                }
            }
            return new Pcap4jSource(handle, descriptor, chosen.name(), capture.readTimeout());
        } catch (CaptureException e) {
            handle.close();
            throw e;
        } catch (PcapNativeException | NotOpenException e) {
            handle.close();
            throw PcapFailures.broken("opening " + chosen.name(), e);
        }
    }

    private static boolean onLinux() {
        return System.getProperty("os.name", "").startsWith("Linux");
    }

    private static PcapHandle activate(String name, LiveCapture capture) throws CaptureException {
        try {
            // Where nanoseconds are not to be had, pcap4j falls back to microseconds.
            return new PcapHandle.Builder(name)
                    .snaplen(capture.snapLength())
                    .promiscuousMode(PromiscuousMode.NONPROMISCUOUS)
                    .timeoutMillis((int) capture.readTimeout().toMillis())
                    .bufferSize(capture.bufferOctets())
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
        try {
            long before = now();
            byte[] octets = read();
            if (octets == null && descriptor.isPresent()) {
                descriptor.get().await(WAIT_MS);
                before = now();
                octets = read();
            }
            if (octets == null) {
                readDrops();
                caughtUpToNs = Math.max(caughtUpToNs, before - latencyNs);
                return Next.IDLE;
            }
            fill(packet, octets);
            return Next.PACKET;
        } catch (PcapNativeException | EOFException | NotOpenException e) {
            if (closed) {
                return Next.IDLE;
            }
            throw PcapFailures.broken("capturing on " + interfaceName, e);
        }
    }

    private byte @Nullable [] read() throws PcapNativeException, EOFException, NotOpenException {
        try {
            return handle.getNextRawPacketEx();
        } catch (TimeoutException e) { // How pcap4j says that there is none for now.
            return null;
        }
    }

    private void fill(Packet packet, byte[] octets) throws PcapNativeException, NotOpenException {
        Timestamp time = handle.getTimestamp();
        long timeNs = Math.floorDiv(time.getTime(), MILLIS_PER_SECOND) * NANOS_PER_SECOND + time.getNanos();
        packet.setOrigin(linkType, 0, timeNs);
        packet.setData(ByteBuffer.wrap(octets), 0, octets.length, handle.getOriginalLength());
        caughtUpToNs = Math.max(caughtUpToNs, timeNs - DISORDER_NS);
        long count = delivered.getPlain() + 1;
        delivered.setRelease(count);
        if (count % READ_DROPS_EVERY == 0) {
            readDrops();
        }
    }

    /** Done by the reading thread: libpcap is not made for two at once. */
    private void readDrops() throws PcapNativeException, NotOpenException {
        drops.update(handle.getStats());
    }

    private long now() {
        Instant now = clock.instant();
        return now.getEpochSecond() * NANOS_PER_SECOND + now.getNano();
    }

    @Override
    public void wakeUp() {
        // No wait is longer than WAIT_MS.
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
    public void close() {
        if (!closed) {
            closed = true;
            handle.close();
        }
    }
}
