package io.loopscope.agent.source;

import java.util.List;

/**
 * The block format, draft-ietf-opsawg-pcapng: any number of sections, each with its own byte order and interfaces.
 * Packets come from enhanced, simple and obsolete packet blocks; blocks that are not known are passed over.
 */
final class PcapngFormat implements CaptureFormat {
    static final int SECTION_HEADER = 0x0a0d0d0a;

    private static final int INTERFACE_DESCRIPTION = 1;
    private static final int OBSOLETE_PACKET = 2;
    private static final int SIMPLE_PACKET = 3;
    private static final int INTERFACE_STATISTICS = 5;
    private static final int ENHANCED_PACKET = 6;

    private static final int BYTE_ORDER_MAGIC = 0x1a2b3c4d;
    private static final int BLOCK_HEADER = 8;
    private static final int TRAILER = 4;
    private static final int SECTION_FIXED = 16;
    private static final int SHORTEST_SECTION = 28;
    private static final int INTERFACE_FIXED = 8;
    private static final int STATISTICS_FIXED = 12;
    private static final int PACKET_FIXED = 20;
    private static final int SIMPLE_FIXED = 4;
    private static final int LONGEST_BLOCK = LONGEST_PACKET + 1024 * 1024;

    private final ByteWindow window;
    private final PcapngInterfaces interfaces = new PcapngInterfaces();
    private boolean littleEndian;
    private long lastTimeNs;
    /** Octets of the block whose packet was handed out last: it is passed only when the next one is asked for. */
    private int unread;

    private PcapngFormat(ByteWindow window) {
        this.window = window;
    }

    /** Reads up to the first packet's section header, of which the type is known to be good. */
    static PcapngFormat open(ByteWindow window) throws CaptureException {
        PcapngFormat format = new PcapngFormat(window);
        format.sectionHeader();
        return format;
    }

    @Override
    public boolean next(Packet packet) throws CaptureException {
        window.advance(unread);
        unread = 0;
        while (window.has(BLOCK_HEADER)) {
            int type = window.integer(0, littleEndian);
            if (type == SECTION_HEADER) {
                sectionHeader();
                continue;
            }
            long length = blockLength(window.unsignedInt(4, littleEndian));
            if (!isRead(type)) {
                passOver(length);
                continue;
            }
            int whole = loadBlock(length);
            boolean found = block(type, whole - BLOCK_HEADER - TRAILER, packet);
            if (found) {
                unread = whole;
                return true;
            }
            window.advance(whole);
        }
        window.checkEnd();
        if (window.has(1)) {
            throw window.truncated("a block header");
        }
        return false;
    }

    private static boolean isRead(int type) {
        return switch (type) {
            case INTERFACE_DESCRIPTION, OBSOLETE_PACKET, SIMPLE_PACKET, INTERFACE_STATISTICS, ENHANCED_PACKET -> true;
            default -> false;
        };
    }

    /** Reads a loaded block of {@code body} octets; true when it holds a packet. */
    private boolean block(int type, int body, Packet packet) throws CaptureException {
        switch (type) {
            case INTERFACE_DESCRIPTION -> interfaceDescription(body);
            case INTERFACE_STATISTICS -> interfaceStatistics(body);
            case ENHANCED_PACKET -> {
                demand(body, PACKET_FIXED);
                timedPacket(window.unsignedInt(BLOCK_HEADER, littleEndian), body, packet);
                return true;
            }
            case OBSOLETE_PACKET -> {
                demand(body, PACKET_FIXED);
                timedPacket(window.unsignedShort(BLOCK_HEADER, littleEndian), body, packet);
                return true;
            }
            case SIMPLE_PACKET -> {
                simplePacket(body, packet);
                return true;
            }
            default -> throw new IllegalStateException("a block of type " + type + " is passed over");
        }
        return false;
    }

    private void sectionHeader() throws CaptureException {
        if (!window.has(SECTION_FIXED)) {
            window.checkEnd();
            throw window.truncated("a section header");
        }
        if (window.integer(8, false) == BYTE_ORDER_MAGIC) {
            littleEndian = false;
        } else if (window.integer(8, true) == BYTE_ORDER_MAGIC) {
            littleEndian = true;
        } else {
            throw corrupt("a section header without its byte-order magic");
        }
        int major = window.unsignedShort(12, littleEndian);
        if (major != 1) {
            throw corrupt("pcapng version " + major + " is unknown, 1 is expected");
        }
        long length = blockLength(window.unsignedInt(4, littleEndian));
        if (length < SHORTEST_SECTION) {
            throw corrupt("a section header of " + length + " octets");
        }
        passOver(length);
        interfaces.startSection();
    }

    private void interfaceDescription(int body) throws CaptureException {
        demand(body, INTERFACE_FIXED);
        PcapngOptions options =
                PcapngOptions.read(window, BLOCK_HEADER + INTERFACE_FIXED, body - INTERFACE_FIXED, littleEndian);
        boolean added = interfaces.add(
                options,
                window.unsignedShort(BLOCK_HEADER, littleEndian),
                window.unsignedInt(BLOCK_HEADER + 4, littleEndian));
        if (!added) {
            throw corrupt("more interfaces than any capture has");
        }
    }

    private void interfaceStatistics(int body) throws CaptureException {
        demand(body, STATISTICS_FIXED);
        PcapngInterface of = interfaceAt(window.unsignedInt(BLOCK_HEADER, littleEndian));
        interfaces.record(
                of,
                PcapngOptions.readStatistics(
                        window, BLOCK_HEADER + STATISTICS_FIXED, body - STATISTICS_FIXED, littleEndian));
    }

    private void timedPacket(long interfaceId, int body, Packet packet) throws CaptureException {
        PcapngInterface from = interfaceAt(interfaceId);
        long ticks = window.unsignedInt(BLOCK_HEADER + 4, littleEndian) << Integer.SIZE
                | window.unsignedInt(BLOCK_HEADER + 8, littleEndian);
        long captured = window.unsignedInt(BLOCK_HEADER + 12, littleEndian);
        long onWire = window.unsignedInt(BLOCK_HEADER + 16, littleEndian);
        if (captured > body - PACKET_FIXED) {
            throw corrupt("a packet of " + captured + " octets in a block of " + body);
        }
        lastTimeNs = from.clock().toNanos(ticks);
        packet.setOrigin(from.linkType(), from.index(), lastTimeNs);
        packet.setData(window.buffer(), window.at() + BLOCK_HEADER + PACKET_FIXED, (int) captured, onWire);
    }

    /** Has no time, no interface and no captured length of its own. */
    private void simplePacket(int body, Packet packet) throws CaptureException {
        demand(body, SIMPLE_FIXED);
        PcapngInterface from = interfaceAt(0);
        long onWire = window.unsignedInt(BLOCK_HEADER, littleEndian);
        long captured = Math.min(onWire, body - SIMPLE_FIXED);
        if (from.snapLength() > 0) {
            captured = Math.min(captured, from.snapLength());
        }
        packet.setOrigin(from.linkType(), from.index(), lastTimeNs);
        packet.setData(window.buffer(), window.at() + BLOCK_HEADER + SIMPLE_FIXED, (int) captured, onWire);
    }

    private PcapngInterface interfaceAt(long id) throws CaptureException {
        if (id >= interfaces.inSection()) {
            throw corrupt("a block refers to interface " + id + ", its section has " + interfaces.inSection());
        }
        return interfaces.get((int) id);
    }

    private void demand(int body, int octets) throws CaptureException {
        if (body < octets) {
            throw corrupt("a block of " + body + " octets that needs " + octets);
        }
    }

    private long blockLength(long announced) throws CaptureException {
        if (announced < BLOCK_HEADER + TRAILER) {
            throw corrupt("a block length of " + announced);
        }
        // Must be a multiple of four; some writers forget the padding in the number but not in the file.
        return announced + 3 & ~3L;
    }

    private void passOver(long length) throws CaptureException {
        if (!window.skip(length - TRAILER) || !window.has(TRAILER)) {
            window.checkEnd();
            throw window.truncated("a block");
        }
        checkTrailer(0, length);
        window.advance(TRAILER);
    }

    private int loadBlock(long length) throws CaptureException {
        if (length > LONGEST_BLOCK) {
            throw corrupt("a block length of " + length);
        }
        int whole = (int) length;
        if (!window.has(whole)) {
            window.checkEnd();
            throw window.truncated("a block");
        }
        checkTrailer(whole - TRAILER, length);
        return whole;
    }

    /** Every block ends with its length again. */
    private void checkTrailer(int offset, long length) throws CaptureException {
        long trailer = blockLength(window.unsignedInt(offset, littleEndian));
        if (trailer != length) {
            throw corrupt("a block that begins with length " + length + " and ends with " + trailer);
        }
    }

    private CaptureException corrupt(String why) {
        return CaptureFiles.corrupt(window.name(), window.fileOffset(), why, null);
    }

    @Override
    public long kernelDropped() {
        return interfaces.kernelDropped();
    }

    @Override
    public long interfaceDropped() {
        return interfaces.interfaceDropped();
    }

    @Override
    public List<String> interfaces() {
        return interfaces.names();
    }
}
