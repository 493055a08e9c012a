package io.loopscope.processor.streams;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one processor has done since it started. Numbers only grow.
 *
 * <p>{@code records} = {@code batches} + {@code heartbeats} + {@code socketReports} + {@code replayed} +
 * {@code superseded} + all {@code deadLetters} but {@code connection_quarantined}, which were applied but for some
 * connections, and {@code too_large}, which are events.
 *
 * @param records records read from the capture topic
 * @param batches batches applied
 * @param segments segments (or runs of them) in those batches
 * @param heartbeats heartbeats applied
 * @param socketReports socket table reports applied
 * @param replayed records left out because they had been applied before
 * @param superseded records left out because a later run of the agent had taken over
 * @param lostBatches batches that an agent numbered and that never came, or came and could not be read
 * @param deadLetters records sent to the dead-letter topic, by {@linkplain DeadLetterReason#label() reason}; every
 *     reason is there
 * @param connectionEvents connection events published
 * @param censusCounts census counts published
 * @param evicted connections forgotten to keep the state bounded
 * @param quarantined connections (and timers) that were taken out because the detector failed on them, which is a bug
 * @param notPublished events and dead letters that were left out because they cannot be published: those larger than
 *     their topic takes, which are also among the {@code deadLetters} as {@code too_large}
 * @param failedTicks times the detector failed when it was told of an agent's silence, which is a bug
 * @param registryRetries times a schema registry was asked for a schema in vain; the record waited
 * @param anomaliesOpened anomalies opened, by name; every name is there
 * @param anomaliesCleared anomalies cleared, by name; every name is there
 * @param agreementRatios by {@code host/namespace}: share of the ends known to segments and socket table of which both
 *     say the same state, 0 to 1; hosts whose agent does not read the table are not there
 */
public record ProcessorStatistics(
        long records,
        long batches,
        long segments,
        long heartbeats,
        long socketReports,
        long replayed,
        long superseded,
        long lostBatches,
        Map<String, Long> deadLetters,
        long connectionEvents,
        long censusCounts,
        long evicted,
        long quarantined,
        long notPublished,
        long failedTicks,
        long registryRetries,
        Map<String, Long> anomaliesOpened,
        Map<String, Long> anomaliesCleared,
        Map<String, Double> agreementRatios) {

    /** Copies the maps, sorted. */
    public ProcessorStatistics {
        deadLetters = sorted(deadLetters);
        anomaliesOpened = sorted(anomaliesOpened);
        anomaliesCleared = sorted(anomaliesCleared);
        agreementRatios = Collections.unmodifiableMap(new TreeMap<>(agreementRatios));
    }

    /** One line for a log: what is 0 in the maps is left out. */
    public String summary() {
        return "%d records: %d batches with %d segments, %d heartbeats, %d socket reports; %d replayed, %d superseded, %d"
                        .formatted(
                                records,
                                batches,
                                segments,
                                heartbeats,
                                socketReports,
                                replayed,
                                superseded,
                                lostBatches)
                + " batches lost; dead letters %s; %d connection events, %d census counts; anomalies opened %s, cleared %s;"
                        .formatted(
                                counted(deadLetters),
                                connectionEvents,
                                censusCounts,
                                counted(anomaliesOpened),
                                counted(anomaliesCleared))
                + " %d evicted, %d quarantined, %d not published, %d failed ticks, %d registry retries"
                        .formatted(evicted, quarantined, notPublished, failedTicks, registryRetries);
    }

    private static Map<String, Long> sorted(Map<String, Long> numbers) {
        return Collections.unmodifiableMap(new TreeMap<>(numbers));
    }

    private static Map<String, Long> counted(Map<String, Long> numbers) {
        Map<String, Long> counted = new TreeMap<>(numbers);
        counted.values().removeIf(number -> number == 0);
        return counted;
    }
}
