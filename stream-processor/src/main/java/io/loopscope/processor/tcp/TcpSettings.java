package io.loopscope.processor.tcp;

import java.time.Duration;

/**
 * What the core has to know about the kernels it watches.
 *
 * @param timeWait how long an end stays in TIME-WAIT, 2 MSL; Linux: 60 s
 * @param giveUp silence after which an end that has to retransmit is gone. Above the largest retransmission timeout:
 *     Linux's is 120 s
 * @param resetDoubt how long a RST that was in the window, but not exact, waits for the challenge ACK before it counts
 * @param remember how long a closed incarnation is remembered after its last segment, so that late ones make no ghosts
 * @param redelivery segments may be delivered twice (Kafka): one with the time and fields of the last one, or one from
 *     the past that brings nothing new, is dropped and counted. Off for files, where every packet is one packet
 */
public record TcpSettings(
        Duration timeWait, Duration giveUp, Duration resetDoubt, Duration remember, boolean redelivery) {

    /** Linux's timers; segments come from Kafka. */
    public static final TcpSettings DEFAULT = new TcpSettings(
            Duration.ofSeconds(60), Duration.ofSeconds(130), Duration.ofSeconds(1), Duration.ofSeconds(60), true);

    /** Linux's timers; segments come from a capture file. */
    public static final TcpSettings OFFLINE =
            new TcpSettings(DEFAULT.timeWait, DEFAULT.giveUp, DEFAULT.resetDoubt, DEFAULT.remember, false);

    /** Nanoseconds between the arming and the firing of a timeout. */
    public long nanos(Timeout timeout) {
        return switch (timeout) {
            case TIME_WAIT -> timeWait.toNanos();
            case GIVE_UP -> giveUp.toNanos();
            case RESET_DOUBT -> resetDoubt.toNanos();
            case FORGET -> remember.toNanos();
        };
    }
}
