package io.loopscope.standalone.states;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.ObjLongConsumer;

/** How many are in each state; all states are there, zeros included. */
final class StateCounts {
    private final Map<NetstatState, Long> counts = new EnumMap<>(NetstatState.class);

    void add(NetstatState state, long number) {
        counts.merge(state, number, Long::sum);
    }

    long of(NetstatState state) {
        return counts.getOrDefault(state, 0L);
    }

    long total() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** In the order of {@link NetstatState}. */
    void forEach(ObjLongConsumer<NetstatState> action) {
        for (NetstatState state : NetstatState.values()) {
            action.accept(state, of(state));
        }
    }
}
