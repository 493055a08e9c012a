package io.loopscope.processor.tcp;

/**
 * Arithmetic on sequence numbers, modulo 2³² (RFC 9293 3.4).
 *
 * <p>A sequence number is an {@code int} read as unsigned. {@code a} is before {@code b} when the signed distance from
 * {@code b} to {@code a} is negative, so comparisons are right across both 2³¹ and 2³².
 */
public final class Seq {

    private Seq() {}

    /** The sequence number as an unsigned value: 0 to 4294967295. */
    public static long toUnsigned(int sequence) {
        return Integer.toUnsignedLong(sequence);
    }

    /** The low 32 bits of an absolute unsigned value. */
    public static int of(long unsigned) {
        return (int) unsigned;
    }

    /** {@code a < b}. */
    public static boolean before(int a, int b) {
        return a - b < 0;
    }

    /** {@code a > b}. */
    public static boolean after(int a, int b) {
        return a - b > 0;
    }

    /** {@code a <= b}. */
    public static boolean atOrBefore(int a, int b) {
        return a - b <= 0;
    }

    /** {@code a >= b}. */
    public static boolean atOrAfter(int a, int b) {
        return a - b >= 0;
    }

    /** The later of two. */
    public static int later(int a, int b) {
        return a - b >= 0 ? a : b;
    }

    /** The octets from {@code from} to {@code to}: 0 to 4294967295. */
    public static long distance(int from, int to) {
        return Integer.toUnsignedLong(to - from);
    }
}
