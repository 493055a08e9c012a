package io.loopscope.agent.doctor;

import java.util.List;
import java.util.Locale;

/** What is looked at, in this order. */
enum Subject {
    /** Java, and its way to native libraries. */
    JAVA,
    /** The library that captures. */
    LIBPCAP,
    /** May this process capture? */
    PERMISSION,
    /** Is the interface there and up, and is it the loopback? */
    INTERFACE,
    /** Do the programs run in this network namespace? */
    NAMESPACE,
    /** Does the filter let their segments through? */
    FILTER,
    /** Are packets seen? */
    PACKETS,
    /** Were some lost on the way? */
    DROPS,
    /** Does Kafka answer? */
    BROKER,
    /** Does it have the topics? */
    TOPICS,
    /** Does the clock run as it should? */
    CLOCK;

    /** What must be in order before it makes sense to look. */
    List<Subject> needs() {
        return switch (this) {
            case JAVA, NAMESPACE, BROKER, CLOCK -> List.of();
            case LIBPCAP -> List.of(JAVA);
            case PERMISSION, INTERFACE, FILTER -> List.of(LIBPCAP);
            case PACKETS -> List.of(PERMISSION, INTERFACE, FILTER);
            case DROPS -> List.of(PACKETS);
            case TOPICS -> List.of(BROKER);
        };
    }

    /** Its name in all output; does not change between releases. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
