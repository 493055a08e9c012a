package io.loopscope.settings;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/** Names of client properties, to recognise a slip such as {@code bootstrap.server}. Plug-ins may read others. */
final class KafkaNames {
    private static final int SLIP = 2;

    private KafkaNames() {}

    /** The property that was probably meant; empty for a known name, and for one that resembles none. */
    static Optional<String> suggest(String name) {
        var known = known();
        if (known.contains(name)) {
            return Optional.empty();
        }
        return Suggestion.nearest(name, known).filter(k -> Suggestion.distance(name, k) <= SLIP);
    }

    private static Set<String> known() {
        var known = new TreeSet<>(AdminClientConfig.configNames());
        known.addAll(ProducerConfig.configNames());
        known.addAll(ConsumerConfig.configNames());
        return known;
    }
}
