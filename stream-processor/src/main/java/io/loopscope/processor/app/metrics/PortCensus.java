package io.loopscope.processor.app.metrics;

import io.loopscope.processor.detect.Evidence;
import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.TcpState;
import java.util.HashMap;
import java.util.Map;

/** How many ends are in which state, of the connections to one server port or several. */
final class PortCensus {
    private final Map<Key, Long> counts = new HashMap<>();

    private record Key(Role end, TcpState state, Evidence evidence) {}

    void add(Role end, TcpState state, Evidence evidence, long number) {
        if (number != 0) {
            counts.merge(new Key(end, state, evidence), number, Long::sum);
        }
    }

    void add(PortCensus more) {
        more.counts.forEach((key, number) -> add(key.end, key.state, key.evidence, number));
    }

    long count(Role end, TcpState state, Evidence evidence) {
        return counts.getOrDefault(new Key(end, state, evidence), 0L);
    }

    long sum() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
