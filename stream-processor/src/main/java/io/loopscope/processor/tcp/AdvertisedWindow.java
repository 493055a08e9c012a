package io.loopscope.processor.tcp;

/** The receive window one end advertises to its peer (RFC 9293 3.8.6, RFC 7323 2). */
final class AdvertisedWindow {

    static final int MAX_SCALE = 14;

    int maximumSegmentSize = Options.ABSENT;
    /** From its SYN; ABSENT when the SYN had none or was not captured. */
    int offeredScale = Options.ABSENT;

    int rawWindow;
    int zeroWindows;
    int probes;
    long zeroSinceNanos = Connection.NEVER;

    long octets() {
        return (long) rawWindow << Math.max(0, offeredScale);
    }
}
