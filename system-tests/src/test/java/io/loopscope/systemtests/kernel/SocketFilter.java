package io.loopscope.systemtests.kernel;

import com.sun.jna.Memory;
import java.nio.ByteBuffer;

/**
 * What a socket does not receive: a classic BPF program that runs when a segment has reached the socket. The segment was
 * on {@code lo}, and was captured; TCP never gets it.
 */
enum SocketFilter {
    EVERYTHING,
    FIN,
    SYN,
    ALL_BUT_RST,
    /** Segments without text, SYN, FIN and RST. */
    BARE_ACK,
    /** Segments with text and without SYN, FIN and RST. */
    TEXT;

    static final int FPROG_OCTETS = 16;

    /** Instructions of linux/bpf_common.h. Offsets count from the TCP header. */
    private static final class Bpf {
        static final int LOAD_OCTET = 0x30;
        static final int LOAD_LENGTH = 0x80;
        static final int SHIFT_LEFT = 0x64;
        static final int SHIFT_RIGHT = 0x74;
        static final int TO_INDEX = 0x07;
        static final int JUMP_IF_INDEX = 0x1d;
        static final int JUMP_IF_ANY = 0x45;
        static final int RETURN = 0x06;
        /** How many octets to keep. */
        static final int ALL = -1;

        static final int DATA_OFFSET = 12;
        static final int FLAGS = 13;
        static final int OCTETS = 8;
    }

    private int[][] steps() {
        return switch (this) {
            case EVERYTHING -> new int[][] {{Bpf.RETURN, 0, 0, 0}};
            case FIN -> byFlags(0x01, 0, Bpf.ALL);
            case SYN -> byFlags(0x02, 0, Bpf.ALL);
            case ALL_BUT_RST -> byFlags(0x04, Bpf.ALL, 0);
            case BARE_ACK -> byText(0, Bpf.ALL);
            case TEXT -> byText(Bpf.ALL, 0);
        };
    }

    /** How many octets to keep of segments with one of these flags, and of those without. */
    private static int[][] byFlags(int flags, int with, int without) {
        return new int[][] {
            {Bpf.LOAD_OCTET, 0, 0, Bpf.FLAGS},
            {Bpf.JUMP_IF_ANY, 0, 1, flags},
            {Bpf.RETURN, 0, 0, with},
            {Bpf.RETURN, 0, 0, without}
        };
    }

    /** SYN, FIN and RST pass; of the others, how many octets to keep of those without and with text. */
    private static int[][] byText(int without, int with) {
        return new int[][] {
            {Bpf.LOAD_OCTET, 0, 0, Bpf.FLAGS},
            {Bpf.JUMP_IF_ANY, 7, 0, 0x07},
            {Bpf.LOAD_OCTET, 0, 0, Bpf.DATA_OFFSET}, // In words of 4 octets, in the upper half.
            {Bpf.SHIFT_RIGHT, 0, 0, 4},
            {Bpf.SHIFT_LEFT, 0, 0, 2},
            {Bpf.TO_INDEX, 0, 0, 0},
            {Bpf.LOAD_LENGTH, 0, 0, 0},
            {Bpf.JUMP_IF_INDEX, 2, 0, 0},
            {Bpf.RETURN, 0, 0, with},
            {Bpf.RETURN, 0, 0, Bpf.ALL},
            {Bpf.RETURN, 0, 0, without}
        };
    }

    /** {@code struct sock_fprog}, of {@link #FPROG_OCTETS}, and behind it the program that it points to. */
    Memory program() {
        int[][] steps = steps();
        Memory program = new Memory(FPROG_OCTETS + (long) steps.length * Bpf.OCTETS);
        program.setShort(0, (short) steps.length);
        program.setPointer(Bpf.OCTETS, program.share(FPROG_OCTETS));
        ByteBuffer code = program.getByteBuffer(FPROG_OCTETS, program.size() - FPROG_OCTETS);
        for (int[] step : steps) {
            code.putShort((short) step[0])
                    .put((byte) step[1])
                    .put((byte) step[2])
                    .putInt(step[3]);
        }
        return program;
    }
}
