package io.loopscope.agent.source;

import java.nio.charset.StandardCharsets;

/**
 * The options of a pcapng block, draft-ietf-opsawg-pcapng 3.5, as far as packets need them. A list that is broken is
 * read up to the break: options are not worth a packet.
 *
 * @param name option if_name, empty when absent
 * @param clock options if_tsresol and if_tsoffset
 */
record PcapngOptions(String name, PcapngInterface.Clock clock) {
    private static final int END = 0;
    private static final int IF_NAME = 2;
    private static final int IF_TSRESOL = 9;
    private static final int IF_TSOFFSET = 14;
    private static final int ISB_IFDROP = 5;
    private static final int ISB_OSDROP = 7;
    private static final int OPTION_HEADER = 4;

    /**
     * Counters of an interface statistics block.
     *
     * @param kernelDropped option isb_osdrop, 0 when absent
     * @param interfaceDropped option isb_ifdrop, 0 when absent
     */
    record InterfaceStatistics(long kernelDropped, long interfaceDropped) {}

    static PcapngOptions read(ByteWindow window, int from, int length, boolean littleEndian) {
        String name = "";
        int resolution = PcapngInterface.Clock.MICROSECONDS.resolution();
        long offset = 0;
        Cursor cursor = new Cursor(window, from, from + length, littleEndian);
        while (cursor.next()) {
            switch (cursor.code) {
                case IF_NAME -> name = cursor.text();
                case IF_TSRESOL -> resolution = cursor.length >= 1 ? window.octet(cursor.value) : resolution;
                case IF_TSOFFSET -> offset = cursor.longOr(offset);
                default -> {
                    // Describes the interface to people.
                }
            }
        }
        return new PcapngOptions(name, new PcapngInterface.Clock(resolution, offset));
    }

    static InterfaceStatistics readStatistics(ByteWindow window, int from, int length, boolean littleEndian) {
        long kernelDropped = 0;
        long interfaceDropped = 0;
        Cursor cursor = new Cursor(window, from, from + length, littleEndian);
        while (cursor.next()) {
            switch (cursor.code) {
                case ISB_OSDROP -> kernelDropped = cursor.longOr(kernelDropped);
                case ISB_IFDROP -> interfaceDropped = cursor.longOr(interfaceDropped);
                default -> {
                    // Counts what was delivered or says when.
                }
            }
        }
        return new InterfaceStatistics(kernelDropped, interfaceDropped);
    }

    /** Steps from option to option of a block that lies in the window. */
    private static final class Cursor {
        private final ByteWindow window;
        private final int end;
        private final boolean littleEndian;
        private int at;
        private int code;
        private int length;
        private int value;

        Cursor(ByteWindow window, int from, int end, boolean littleEndian) {
            this.window = window;
            this.at = from;
            this.end = end;
            this.littleEndian = littleEndian;
        }

        boolean next() {
            if (at + OPTION_HEADER > end) {
                return false;
            }
            code = window.unsignedShort(at, littleEndian);
            length = window.unsignedShort(at + 2, littleEndian);
            value = at + OPTION_HEADER;
            at = value + (length + 3 & ~3);
            return code != END && value + length <= end;
        }

        long longOr(long otherwise) {
            return length >= Long.BYTES ? window.longInteger(value, littleEndian) : otherwise;
        }

        String text() {
            byte[] octets = new byte[length];
            window.buffer().get(window.at() + value, octets);
            return new String(octets, StandardCharsets.UTF_8).replace("\0", "");
        }
    }
}
