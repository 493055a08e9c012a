package io.loopscope.processor.streams;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * For how long nothing has been heard of whom: the one thing that wall clock decides.
 *
 * <p>Silence is summed up from ticks and not read off a clock, so that a machine that slept, or a thread that was held
 * up, does not take its own absence for the agents'. Ticks in which the processor was catching up with old records do
 * not count: what an agent said in the meantime is still to be read. Agents of one host and namespace are heard together.
 */
final class SilenceWatch {
    private final long tickMs;
    private final Map<HostKey, Long> silentMs = new HashMap<>();
    private long lastTickMs = -1;

    /**
     * @param tickMs time between two ticks, milliseconds, more than 0
     */
    SilenceWatch(long tickMs) {
        this.tickMs = tickMs;
    }

    /** A sign of life. */
    void heard(HostKey host) {
        silentMs.put(host, 0L);
    }

    /** A host that is known from the store: its silence begins now. */
    void known(HostKey host) {
        silentMs.putIfAbsent(host, 0L);
    }

    /** Nothing is expected of it any more. */
    void forget(HostKey host) {
        silentMs.remove(host);
    }

    /** Everybody who was heard and is not forgotten. */
    Set<HostKey> hosts() {
        return Set.copyOf(silentMs.keySet());
    }

    /** For how long nothing has been heard, milliseconds. */
    long silentMs(HostKey host) {
        return silentMs.getOrDefault(host, 0L);
    }

    /**
     * Time has passed.
     *
     * @param nowMs wall clock, milliseconds
     * @param catchingUp whether the records read lately are old
     */
    void tick(long nowMs, boolean catchingUp) {
        long passed = lastTickMs < 0 ? 0 : Math.min(Math.max(0, nowMs - lastTickMs), 2 * tickMs);
        lastTickMs = nowMs;
        if (!catchingUp && passed > 0) {
            silentMs.replaceAll((host, silent) -> silent + passed);
        }
    }
}
