package io.loopscope.standalone.observe;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Puts items of several sources into the order of their time. A source's own order is kept, also where its times step
 * back: partitions carry several hosts, whose clocks differ.
 *
 * @param <S> what tells sources apart
 * @param <T> the items
 */
final class Merge<S, T> {
    private record Timed<T>(long time, T item) {}

    private final Map<S, ArrayDeque<Timed<T>>> queues = new LinkedHashMap<>();

    /** Every source must be known before the first {@link #take}. */
    Merge(Iterable<S> sources) {
        sources.forEach(source -> queues.put(source, new ArrayDeque<>()));
    }

    void add(S source, long time, T item) {
        queue(source).add(new Timed<>(time, item));
    }

    /** Items of this source that wait. */
    int waiting(S source) {
        return queue(source).size();
    }

    /** Takes what is certain: stops where a source without items may still bring an earlier one. */
    List<T> take(Predicate<S> mayBringMore) {
        var taken = new ArrayList<T>();
        while (true) {
            ArrayDeque<Timed<T>> first = null;
            long earliest = Long.MAX_VALUE;
            for (var queue : queues.entrySet()) {
                @Nullable Timed<T> head = queue.getValue().peek();
                if (head == null && mayBringMore.test(queue.getKey())) {
                    return taken;
                }
                if (head != null && (first == null || head.time() < earliest)) {
                    first = queue.getValue();
                    earliest = head.time();
                }
            }
            if (first == null) {
                return taken;
            }
            taken.add(first.remove().item());
        }
    }

    private ArrayDeque<Timed<T>> queue(S source) {
        var queue = queues.get(source);
        if (queue == null) {
            throw new IllegalArgumentException("unknown source " + source);
        }
        return queue;
    }
}
