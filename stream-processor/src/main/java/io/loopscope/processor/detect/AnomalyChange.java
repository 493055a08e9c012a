package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Role;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One stage in the life of an anomaly.
 *
 * @param id one for its whole life: a pure function of what it is about and its name
 * @param episode when it was opened: tells a second life of the same anomaly from the first
 * @param number the stage's number in this episode: 0 is OPENED
 * @param name name in the catalogue
 * @param stage what happened to it
 * @param severity how bad it is now
 * @param timeNanos when this stage began, by the host's clock
 * @param sinceNanos since when the condition holds
 * @param scope what it is about
 * @param connection the connection when scope is CONNECTION
 * @param listener the listener, null when scope is HOST
 * @param end which end is to blame; null when none or both
 * @param evidence where the proof comes from
 * @param confidence 0 to 1
 * @param explain one or two sentences a person needs
 * @param count how many connections or events it stands for
 * @param examples ids of up to 5 connections when rolled up
 * @param attributes further facts by snake_case name, sorted
 * @param clientProcess the client's process as {@code name[pid]}; null when unknown
 * @param serverProcess the server's, or the listener's; null when unknown
 * @param clearReason set when CLEARED
 */
public record AnomalyChange(
        String id,
        long episode,
        int number,
        AnomalyName name,
        AnomalyStage stage,
        Severity severity,
        long timeNanos,
        long sinceNanos,
        AnomalyScope scope,
        @Nullable ConnectionView connection,
        @Nullable Listener listener,
        @Nullable Role end,
        Evidence evidence,
        double confidence,
        String explain,
        long count,
        List<String> examples,
        Map<String, String> attributes,
        @Nullable String clientProcess,
        @Nullable String serverProcess,
        @Nullable ClearReason clearReason)
        implements Output {

    public AnomalyChange {
        examples = List.copyOf(examples);
        attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
    }

    /** Unique and repeatable. */
    public String eventId() {
        return id + '.' + Long.toString(episode, Character.MAX_RADIX) + '.' + number;
    }
}
