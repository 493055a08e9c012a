package io.loopscope.systemtests.nodes;

import io.loopscope.agent.parse.TcpFlags;
import io.loopscope.schemas.Topic;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.systemtests.nodes.Outcome.Said;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;

/**
 * What is in the batches of many agents, each batch counted once however often it was sent.
 *
 * @param batches number of different batches
 * @param segments in them
 * @param control SYN, FIN and RST among those
 */
record CaptureAccount(long batches, long segments, long control) {

    static CaptureAccount of(Input input) {
        return of(input.records().stream().map(Input.Timed::value));
    }

    static CaptureAccount of(Outcome outcome) {
        return of(outcome.of(Topic.CAPTURE).values().stream()
                .flatMap(List::stream)
                .map(Said::decoded));
    }

    private static CaptureAccount of(Stream<SpecificRecord> records) {
        Map<List<Object>, CaptureBatch> different = new HashMap<>();
        records.filter(CaptureBatch.class::isInstance)
                .map(CaptureBatch.class::cast)
                .forEach(batch -> {
                    CaptureBatch before = different.put(
                            List.of(batch.getHostId(), batch.getAgentEpoch(), batch.getBatchSequence()), batch);
                    if (before != null && !Objects.equals(before, batch)) {
                        throw new AssertionError("two batches have one number: " + before + " and " + batch);
                    }
                });
        List<CapturedSegment> segments = different.values().stream()
                .flatMap(batch -> batch.getSegments().stream())
                .toList();
        long control = segments.stream()
                .filter(segment -> TcpFlags.isControl(segment.getFlags()))
                .count();
        return new CaptureAccount(different.size(), segments.size(), control);
    }
}
