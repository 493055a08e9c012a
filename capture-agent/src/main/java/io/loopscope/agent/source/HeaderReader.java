package io.loopscope.agent.source;

import io.loopscope.agent.parse.HeaderParser;
import io.loopscope.agent.parse.ParseCounters;
import io.loopscope.agent.parse.ParseResult;
import io.loopscope.agent.parse.SegmentHeader;
import java.nio.file.Path;

/**
 * The packets of a source as TCP headers, one at a time and without allocating:
 *
 * <pre>{@code
 * try (HeaderReader reader = HeaderReader.open(file)) {
 *     while (reader.next()) {
 *         if (reader.result() == ParseResult.OK) {
 *             use(reader.timestampNs(), reader.header());
 *         }
 *     }
 * }
 * }</pre>
 */
public final class HeaderReader implements AutoCloseable {
    private final PacketSource source;
    private final Packet packet = new Packet();
    private final HeaderParser parser = new HeaderParser();
    private final SegmentHeader header = new SegmentHeader();
    private final ParseCounters counters = new ParseCounters();
    private ParseResult result = ParseResult.NOT_IP;

    /**
     * Reads a source to its end.
     *
     * @param source closed with this reader
     */
    public HeaderReader(PacketSource source) {
        this.source = source;
    }

    /**
     * Opens a capture file.
     *
     * @param file path of a pcap or pcapng file, plain or compressed with gzip
     * @return a reader that stands before the first packet
     * @throws CaptureException if it cannot be read or is no capture file
     */
    public static HeaderReader open(Path file) throws CaptureException {
        return new HeaderReader(PcapFileSource.open(file));
    }

    /**
     * Moves to the next packet; on a live source waits for it.
     *
     * @return false when there are no more
     * @throws CaptureException if the source broke; what it held before has been delivered
     */
    public boolean next() throws CaptureException {
        while (true) {
            switch (source.next(packet)) {
                case PACKET -> {
                    result = packet.parse(parser, header);
                    counters.count(result, header);
                    return true;
                }
                case END -> {
                    return false;
                }
                case IDLE -> {
                    // Nothing else to see to: ask again.
                }
            }
        }
    }

    /** When the kernel saw the packet: nanoseconds since 1970-01-01T00:00:00Z. */
    public long timestampNs() {
        return packet.timestampNs();
    }

    /** What became of the packet. */
    public ParseResult result() {
        return result;
    }

    /** The packet's header; filled when {@link #result()} is {@link ParseResult#OK}, and again by {@link #next()}. */
    public SegmentHeader header() {
        return header;
    }

    /** The packet itself. */
    public Packet packet() {
        return packet;
    }

    /** Packets so far, by result. */
    public ParseCounters counters() {
        return counters;
    }

    /** The source being read. */
    public PacketSource source() {
        return source;
    }

    @Override
    public void close() {
        source.close();
    }
}
