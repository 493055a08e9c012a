package io.loopscope.standalone.analyze;

import io.loopscope.agent.parse.ParseResult;
import io.loopscope.processor.detect.AnomalyName;
import io.loopscope.processor.tcp.TcpState;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was in a file.
 *
 * @param file the file as it was named
 * @param packets packets by what became of them
 * @param firstNanos time of the first packet, nanoseconds since the epoch; 0 when there was none
 * @param lastNanos time of the last packet
 * @param connections incarnations of connections
 * @param states ends of connections by their state at the end of the file, both ends of a connection counted
 * @param open anomalies by name that were open at the end of the file
 * @param failure why not everything could be read; null when it could
 */
record FileSummary(
        String file,
        Map<ParseResult, Long> packets,
        long firstNanos,
        long lastNanos,
        long connections,
        Map<TcpState, Long> states,
        Map<AnomalyName, Long> open,
        @Nullable String failure) {}
