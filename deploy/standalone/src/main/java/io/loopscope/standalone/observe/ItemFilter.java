package io.loopscope.standalone.observe;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Which items to show.
 *
 * @param sinceNs not earlier than this, nanoseconds since 1970-01-01T00:00:00Z
 * @param untilNs earlier than this
 * @param port a socket has this port
 * @param hostId of this host; null for any
 */
public record ItemFilter(
        long sinceNs,
        long untilNs,
        OptionalInt port,
        @Nullable String hostId) {
    /** Everything. */
    public static final ItemFilter ALL = new ItemFilter(Long.MIN_VALUE, Long.MAX_VALUE, OptionalInt.empty(), null);

    /** Whether to show it. */
    public boolean accepts(Item item) {
        return item.timeNs() >= sinceNs
                && item.timeNs() < untilNs
                && (port.isEmpty() || item.touches(port.getAsInt()))
                && (hostId == null || item.hostId().equals(hostId));
    }
}
