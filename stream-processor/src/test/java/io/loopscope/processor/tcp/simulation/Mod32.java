package io.loopscope.processor.tcp.simulation;

/** RFC 9293 3.4, written a second time so that one mistake cannot hide in both places: 64-bit, no sign tricks. */
final class Mod32 {

    private static final long MODULUS = 1L << 32;
    private static final long HALF = MODULUS / 2;

    private Mod32() {}

    /** From {@code a} forward to {@code b}, -2³¹ to 2³¹-1. */
    static long ahead(int a, int b) {
        long forward = Math.floorMod(Integer.toUnsignedLong(b) - Integer.toUnsignedLong(a), MODULUS);
        return forward < HALF ? forward : forward - MODULUS;
    }

    static boolean less(int a, int b) {
        return ahead(a, b) > 0;
    }

    static boolean lessOrEqual(int a, int b) {
        return ahead(a, b) >= 0;
    }
}
