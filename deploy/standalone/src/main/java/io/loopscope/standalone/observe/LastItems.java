package io.loopscope.standalone.observe;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** The last items that pass a filter, without reading the topics from their beginnings. */
final class LastItems {
    private static final int FIRST_WINDOW = 256;
    private static final int WIDER = 8;

    private record Found(TopicPartition from, Item item) {}

    private LastItems() {}

    /** Hands over the last {@code wanted} items in order; the reader then stands at the ends of the topics. */
    static void read(EventReader reader, ItemFilter filter, int wanted, EventReader.Sink sink) throws IOException {
        for (long window = Math.max(FIRST_WINDOW, 2L * wanted); ; window *= WIDER) {
            reader.unreadable().clear();
            var more = reader.seekBeforeEnd(window);
            Deque<Found> last = new ArrayDeque<>();
            Map<TopicPartition, Integer> found = new HashMap<>();
            reader.readToEnd((from, item) -> {
                if (filter.accepts(item)) {
                    found.merge(from, 1, Integer::sum);
                    last.add(new Found(from, item));
                    if (last.size() > wanted) {
                        last.remove();
                    }
                }
            });
            // A partition that gave as many as are wanted has no later ones further back.
            if (more.stream().allMatch(partition -> found.getOrDefault(partition, 0) >= wanted)) {
                for (var one : last) {
                    sink.accept(one.from(), one.item());
                }
                sink.flush();
                return;
            }
        }
    }
}
