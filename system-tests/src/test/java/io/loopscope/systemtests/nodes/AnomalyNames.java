package io.loopscope.systemtests.nodes;

import io.loopscope.schemas.Topic;
import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.systemtests.nodes.Outcome.Said;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Which kinds of anomalies a run has found. */
final class AnomalyNames {
    private AnomalyNames() {}

    static Set<String> of(Outcome outcome) {
        return outcome.of(Topic.ANOMALIES).values().stream()
                .flatMap(List::stream)
                .map(Said::decoded)
                .filter(AnomalyEvent.class::isInstance)
                .map(event -> ((AnomalyEvent) event).getName())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
