package io.loopscope.agent.source;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Packets of a capture file: pcap or pcapng, in either byte order, plain or compressed with gzip. Memory does not grow
 * with the file. A file that ends too early or is damaged gives all packets before that place and then fails with
 * {@link CaptureException.Reason#TRUNCATED_FILE} or {@link CaptureException.Reason#CORRUPT_FILE}.
 *
 * <p>{@link #caughtUpToNs()} is the latest time so far: a file whose packets are not in the order of their times breaks
 * that promise, and nothing can be done about it while reading it once. A pcapng packet without a time (a simple packet block) gets the time of the packet before it.
 */
public final class PcapFileSource implements PacketSource {
    private final String name;
    private final CaptureFiles.Opened file;
    private final CaptureFormat format;
    private final AtomicLong delivered = new AtomicLong();

    private long caughtUpToNs = Long.MIN_VALUE;

    private PcapFileSource(String name, CaptureFiles.Opened file, CaptureFormat format) {
        this.name = name;
        this.file = file;
        this.format = format;
    }

    /**
     * Opens a file and reads its header.
     *
     * @param file path of the file
     * @return a source that stands before the first packet
     * @throws CaptureException if it cannot be read or is no capture file
     */
    public static PcapFileSource open(Path file) throws CaptureException {
        CaptureFiles.Opened opened = CaptureFiles.open(file);
        try {
            Path fileName = file.getFileName();
            String name = (fileName == null ? file : fileName).toString();
            return new PcapFileSource(name, opened, CaptureFiles.format(opened.window()));
        } catch (CaptureException e) {
            opened.window().close();
            throw e;
        }
    }

    @Override
    public Next next(Packet packet) throws CaptureException {
        if (!format.next(packet)) {
            return Next.END;
        }
        // One writer: no need for an atomic add, only for readers to see whole and recent numbers.
        delivered.setRelease(delivered.getPlain() + 1);
        caughtUpToNs = Math.max(caughtUpToNs, packet.timestampNs());
        return Next.PACKET;
    }

    /**
     * How much of the file has been read, for a progress bar.
     *
     * @return 0 to 1
     */
    public double progress() {
        return file.progress();
    }

    @Override
    public void wakeUp() {
        // A file never waits.
    }

    @Override
    public SourceStatistics statistics() {
        return new SourceStatistics(delivered.get(), format.kernelDropped(), format.interfaceDropped());
    }

    @Override
    public List<String> interfaces() {
        List<String> named = format.interfaces();
        return named.isEmpty() ? List.of(name) : named;
    }

    @Override
    public boolean live() {
        return false;
    }

    @Override
    public long caughtUpToNs() {
        return caughtUpToNs;
    }

    @Override
    public void close() {
        file.window().close();
    }
}
