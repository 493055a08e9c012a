package io.loopscope.agent.source;

import java.util.List;

/**
 * The classic format, draft-ietf-opsawg-pcap: either byte order, microseconds or nanoseconds, and the modified header
 * that some Linux systems wrote.
 */
final class PcapFormat implements CaptureFormat {
    static final int MAGIC_MICROSECONDS = 0xa1b2c3d4;
    static final int MAGIC_NANOSECONDS = 0xa1b23c4d;
    /** Alexey Kuznetsov's patch: eight more octets per packet header. */
    static final int MAGIC_MODIFIED = 0xa1b2cd34;

    private static final int FILE_HEADER = 24;
    private static final int PACKET_HEADER = 16;
    private static final int MODIFIED_PACKET_HEADER = 24;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final ByteWindow window;
    private final boolean littleEndian;
    private final int nanosPerTick;
    private final int packetHeader;
    private final int linkType;
    private final boolean lengthsMayBeSwapped;
    private int lastLength;

    private PcapFormat(ByteWindow window, int magic, boolean littleEndian) {
        this.window = window;
        this.littleEndian = littleEndian;
        nanosPerTick = magic == MAGIC_NANOSECONDS ? 1 : 1000;
        packetHeader = magic == MAGIC_MODIFIED ? MODIFIED_PACKET_HEADER : PACKET_HEADER;
        // Before version 2.4 the two lengths of a packet stood in the other order, or in either.
        lengthsMayBeSwapped = window.unsignedShort(6, littleEndian) < 4;
        // The upper half holds the length of the frame check sequence, which the IP length makes irrelevant.
        linkType = window.integer(20, littleEndian) & 0xffff;
        window.advance(FILE_HEADER);
    }

    static boolean isMagic(int magic) {
        return magic == MAGIC_MICROSECONDS || magic == MAGIC_NANOSECONDS || magic == MAGIC_MODIFIED;
    }

    /** Reads the file header, of which the magic is known to be good. */
    static PcapFormat open(ByteWindow window, int magic, boolean littleEndian) throws CaptureException {
        if (!window.has(FILE_HEADER)) {
            window.checkEnd();
            throw window.truncated("the file header");
        }
        int major = window.unsignedShort(4, littleEndian);
        if (major != 2) {
            throw CaptureFiles.notACapture(window.name(), "pcap version " + major + " is unknown, 2 is expected");
        }
        return new PcapFormat(window, magic, littleEndian);
    }

    @Override
    public boolean next(Packet packet) throws CaptureException {
        window.advance(lastLength);
        lastLength = 0;
        if (!window.has(packetHeader)) {
            window.checkEnd();
            if (window.has(1)) {
                throw window.truncated("a packet header");
            }
            return false;
        }
        long captured = window.unsignedInt(8, littleEndian);
        long onWire = window.unsignedInt(12, littleEndian);
        if (lengthsMayBeSwapped && captured > onWire) {
            long swap = captured;
            captured = onWire;
            onWire = swap;
        }
        if (captured > LONGEST_PACKET) {
            throw CaptureFiles.corrupt(window.name(), window.fileOffset(), "a packet of " + captured + " octets", null);
        }
        long seconds = window.unsignedInt(0, littleEndian);
        long ticks = window.unsignedInt(4, littleEndian);
        packet.setOrigin(linkType, 0, seconds * NANOS_PER_SECOND + ticks * nanosPerTick);
        int length = (int) captured;
        if (!window.has(packetHeader + length)) {
            window.checkEnd();
            throw window.truncated("a packet");
        }
        window.advance(packetHeader);
        packet.setData(window.buffer(), window.at(), length, onWire);
        lastLength = length;
        return true;
    }

    @Override
    public long kernelDropped() {
        return 0;
    }

    @Override
    public long interfaceDropped() {
        return 0;
    }

    @Override
    public List<String> interfaces() {
        return List.of();
    }
}
