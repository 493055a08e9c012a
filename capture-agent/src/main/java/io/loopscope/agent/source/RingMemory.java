package io.loopscope.agent.source;

import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;

/**
 * Memory that a packet socket shares with this process. It can be read for ever: when the kernel's part is given back,
 * empty memory takes its place in one step. Another thread that still reads there sees zeros, where an address without
 * memory would end the process. The addresses are freed when nobody can reach them any more.
 */
final class RingMemory implements AutoCloseable {
    private static final Cleaner CLEANER = Cleaner.create();

    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;
    private static final int MAP_PRIVATE_FIXED_ANONYMOUS = 0x32;
    private static final long MAP_FAILED = -1;

    private final ByteBuffer buffer;
    private final Pointer address;

    private RingMemory(Pointer address, int octets) {
        this.address = address;
        buffer = address.getByteBuffer(0, octets);
        CLEANER.register(buffer, new Unmapping(address, octets));
    }

    /** Whether {@link #map} can have worked. */
    static boolean isMapped(Pointer mapped) {
        return Pointer.nativeValue(mapped) != MAP_FAILED;
    }

    /** Maps the ring of a socket; the answer is to be shown to {@link #isMapped}, then to {@link #of}. */
    static Pointer map(int descriptor, int octets) {
        return LibC.mmap(
                Pointer.NULL, new NativeLong(octets), PROT_READ_WRITE, MAP_SHARED, descriptor, new NativeLong(0));
    }

    static RingMemory of(Pointer mapped, int octets) {
        return new RingMemory(mapped, octets);
    }

    ByteBuffer buffer() {
        return buffer;
    }

    /** Gives the kernel's memory back. */
    @Override
    public void close() {
        LibC.mmap(
                address,
                new NativeLong(buffer.capacity()),
                PROT_READ_WRITE,
                MAP_PRIVATE_FIXED_ANONYMOUS,
                -1,
                new NativeLong(0));
    }

    /** What is left to do when the last buffer over the memory is gone. */
    private record Unmapping(Pointer address, int octets) implements Runnable {
        @Override
        public void run() {
            LibC.munmap(address, new NativeLong(octets));
        }
    }
}
