package io.loopscope.processor.tcp;

/**
 * The TCP options the core reads (RFC 9293 3.2, RFC 7323, RFC 2018).
 *
 * @param maximumSegmentSize octets, 0 to 65535; {@link #ABSENT} when not there (only on a SYN)
 * @param windowScale shift count as sent, 0 to 255; {@link #ABSENT} when not there (only on a SYN). Above 14 counts as 14
 * @param sackPermitted SACK-permitted is there (only on a SYN)
 * @param timestamps the timestamps option is there
 * @param timestampValue TSval, unsigned; 0 without timestamps
 * @param timestampEcho TSecr, unsigned; 0 without timestamps
 */
public record Options(
        int maximumSegmentSize,
        int windowScale,
        boolean sackPermitted,
        boolean timestamps,
        int timestampValue,
        int timestampEcho) {

    /** No such option in the segment. */
    public static final int ABSENT = -1;

    /** A segment without any of them. */
    public static final Options NONE = new Options(ABSENT, ABSENT, false, false, 0, 0);

    /** Timestamps only, as every segment of a connection that negotiated them carries. */
    public static Options timestamps(int value, int echo) {
        return new Options(ABSENT, ABSENT, false, true, value, echo);
    }
}
