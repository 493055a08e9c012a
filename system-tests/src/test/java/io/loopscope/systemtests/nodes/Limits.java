package io.loopscope.systemtests.nodes;

import java.time.Duration;

/** What the test sets otherwise than the product does, and how long it waits. */
final class Limits {
    /**
     * After this a processor that is not heard is missed; the product's is 10 s. Together with the interval of its
     * heartbeats, a third of it as in the product, this only makes a round shorter.
     */
    static final Duration SESSION = Duration.ofSeconds(6);

    static final Duration SESSION_HEARTBEAT = Duration.ofSeconds(2);
    /** After this the controller gives a broker up; Kafka's default is 9 s. */
    static final Duration BROKER_SESSION = Duration.ofSeconds(4);

    /** For a program to start on a busy machine. */
    static final Duration START = Duration.ofMinutes(2);
    /**
     * For everything that was sent to be processed and committed when all are up again. Where three brokers and two
     * processors share two cores that do other work too, a transaction takes seconds.
     */
    static final Duration SETTLE = Duration.ofMinutes(4);
    /** How often something is looked at. */
    static final Duration POLL = Duration.ofMillis(100);

    private Limits() {}
}
