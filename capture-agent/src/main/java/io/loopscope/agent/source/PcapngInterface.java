package io.loopscope.agent.source;

/**
 * An interface description block of pcapng, draft-ietf-opsawg-pcapng 4.2, as far as packets need it.
 *
 * @param index number of its name in the whole file; sections that name the same interface share it
 * @param name the interface's name, or what it is called for want of one
 * @param linkType what its packets begin with
 * @param snapLength most octets a packet was cut to; 0 for no limit
 * @param clock how its timestamps are to be read
 */
record PcapngInterface(int index, String name, int linkType, long snapLength, Clock clock) {

    /**
     * Resolution and zero of an interface's timestamps.
     *
     * @param resolution option if_tsresol as on disk: a negative power of 10, or of 2 when the high bit is set
     * @param offsetSeconds option if_tsoffset
     */
    record Clock(int resolution, long offsetSeconds) {
        static final Clock MICROSECONDS = new Clock(6, 0);

        private static final long NANOS_PER_SECOND = 1_000_000_000L;
        private static final int NANO = 9;
        /** 10^19 is the greatest power of ten in 64 unsigned bits. */
        private static final int GREATEST_DECIMAL = 19;

        /** Nanoseconds since 1970; a time that does not fit becomes the greatest that does. */
        long toNanos(long ticks) {
            long nanos = (resolution & 0x80) == 0 ? decimal(ticks, resolution) : binary(ticks, resolution & 0x7f);
            try {
                return Math.addExact(nanos, Math.multiplyExact(offsetSeconds, NANOS_PER_SECOND));
            } catch (ArithmeticException e) {
                return Long.MAX_VALUE;
            }
        }

        private static long decimal(long ticks, int exponent) {
            if (exponent > NANO + GREATEST_DECIMAL) {
                return 0;
            }
            long factor = powerOfTen(Math.abs(exponent - NANO));
            if (exponent >= NANO) {
                return clamp(Long.divideUnsigned(ticks, factor));
            }
            return Math.multiplyHigh(ticks, factor) != 0 || ticks < 0 ? Long.MAX_VALUE : clamp(ticks * factor);
        }

        private static long binary(long ticks, int exponent) {
            long seconds = exponent >= Long.SIZE ? 0 : ticks >>> exponent;
            // Below 2^-32 of a second is less than a nanosecond: drop those bits so that the product fits.
            long fraction = exponent >= Long.SIZE ? ticks : ticks & ((1L << exponent) - 1);
            int dropped = Math.max(0, exponent - Integer.SIZE);
            long parts = dropped >= Long.SIZE ? 0 : fraction >>> dropped;
            long nanos = (parts * NANOS_PER_SECOND) >>> (exponent - dropped);
            return seconds > Long.MAX_VALUE / NANOS_PER_SECOND - 1 || seconds < 0
                    ? Long.MAX_VALUE
                    : seconds * NANOS_PER_SECOND + nanos;
        }

        private static long clamp(long nanos) {
            return nanos < 0 ? Long.MAX_VALUE : nanos;
        }

        private static long powerOfTen(int exponent) {
            long power = 1;
            for (int i = 0; i < exponent; i++) {
                power *= 10;
            }
            return power;
        }
    }
}
