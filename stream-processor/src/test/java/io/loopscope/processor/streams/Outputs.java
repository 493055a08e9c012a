package io.loopscope.processor.streams;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.streams.test.TestRecord;

/** All that was published, as text that can be compared. */
final class Outputs {
    private Outputs() {}

    /** What was published since it was asked before, topic by topic. */
    static List<String> of(Pipeline pipeline) {
        List<String> lines = new ArrayList<>();
        Stream.of(pipeline.connections(), pipeline.anomalies(), pipeline.census())
                .flatMap(List::stream)
                .map(Outputs::text)
                .forEach(lines::add);
        return lines;
    }

    /** In an order that does not depend on when it was asked for; what has one key stays in its order. */
    static List<String> sorted(List<String> lines) {
        return lines.stream()
                .sorted(Comparator.comparing(line -> line.substring(0, line.indexOf(" = "))))
                .toList();
    }

    private static String text(TestRecord<String, ?> record) {
        return record.key() + " = " + record.value();
    }
}
