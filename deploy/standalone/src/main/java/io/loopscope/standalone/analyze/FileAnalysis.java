package io.loopscope.standalone.analyze;

import io.loopscope.agent.parse.HeaderParser;
import io.loopscope.agent.parse.ParseCounters;
import io.loopscope.agent.parse.ParseResult;
import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.Packet;
import io.loopscope.agent.source.PacketSource;
import io.loopscope.agent.source.PcapFileSource;
import io.loopscope.processor.detect.AnomalyChange;
import io.loopscope.processor.detect.AnomalyName;
import io.loopscope.processor.detect.AnomalyStage;
import io.loopscope.processor.detect.ConnectionChange;
import io.loopscope.processor.detect.ConnectionView;
import io.loopscope.processor.detect.DetectorSettings;
import io.loopscope.processor.detect.HostMonitor;
import io.loopscope.processor.detect.Output;
import io.loopscope.processor.detect.Step;
import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.TcpState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs the packets of one file through the same parser, TCP core and rules that agent and processor use. */
final class FileAnalysis {
    private static final long NO_NAMESPACE = 0;

    private final String file;
    private final Report report;
    private final HostMonitor monitor;
    private final HeaderParser parser = new HeaderParser();
    private final SegmentHeader header = new SegmentHeader();
    private final Conversations conversations = new Conversations();
    private final ParseCounters counters = new ParseCounters();
    private final Step step;
    /** Anomalies of connections that are still watched, by 4-tuple and connection id. */
    private final Map<FourTuple, Map<String, Set<AnomalyName>>> raised = new HashMap<>();

    private final Map<TcpState, Long> states = new EnumMap<>(TcpState.class);
    private final Map<AnomalyName, Long> open = new EnumMap<>(AnomalyName.class);
    private long connections;
    private long packetNumber;
    private long firstNanos;
    private long lastNanos;

    FileAnalysis(String file, DetectorSettings detector, Report report) {
        this.file = file;
        this.report = report;
        step = Step.withoutStorage(report.showsTransitions());
        monitor = new HostMonitor(file, NO_NAMESPACE, detector.with(Offline.LIMITS), Offline.TCP);
        monitor.onRetired(this::retired);
    }

    /**
     * Reads to the end of the source.
     *
     * @param until how far time runs on after the last packet
     * @param progress is told of every packet
     * @return what was in it; its failure is set when not everything could be read
     */
    FileSummary run(PcapFileSource source, Until until, Progress progress) throws IOException {
        String failure = packets(source, progress);
        packetNumber = 0;
        until.end(lastNanos).ifPresent(end -> monitor.advance(end, step));
        publish(0);
        monitor.forEachConnection(this::retired);
        FileSummary summary =
                new FileSummary(file, counters.byResult(), firstNanos, lastNanos, connections, states, open, failure);
        report.fileEnd(summary);
        return summary;
    }

    private @Nullable String packets(PcapFileSource source, Progress progress) throws IOException {
        Packet packet = new Packet();
        try {
            while (source.next(packet) == PacketSource.Next.PACKET) {
                packet(packet);
                progress.packet(source);
            }
            return null;
        } catch (CaptureException e) {
            return e.getMessage();
        }
    }

    private void packet(Packet packet) throws IOException {
        packetNumber++;
        long time = packet.timestampNs();
        if (packetNumber == 1) {
            firstNanos = time;
        }
        lastNanos = Math.max(lastNanos, time);
        ParseResult result = packet.parse(parser, header);
        counters.count(result, header);
        if (result == ParseResult.OK) {
            conversations.find(header);
            monitor.segment(conversations.tuple(), Segments.segment(conversations.sender(), header, time), step);
            publish(packetNumber);
        }
    }

    private void publish(long packet) throws IOException {
        if (step.outputs().isEmpty()) {
            return;
        }
        for (Output output : step.outputs()) {
            if (output instanceof ConnectionChange change && !change.changes().isEmpty()) {
                report.transition(file, change, change.cause() == null ? 0 : packet);
            } else if (output instanceof AnomalyChange change) {
                anomaly(change);
            }
        }
        step.clear();
    }

    private void anomaly(AnomalyChange change) throws IOException {
        report.anomaly(file, change);
        long now = change.stage() == AnomalyStage.OPENED ? 1 : change.stage() == AnomalyStage.CLEARED ? -1 : 0;
        open.merge(change.name(), now, Long::sum);
        ConnectionView connection = change.connection();
        if (connection != null) {
            raised.computeIfAbsent(connection.tuple(), tuple -> new HashMap<>())
                    .computeIfAbsent(connection.id(), id -> EnumSet.noneOf(AnomalyName.class))
                    .add(change.name());
        }
    }

    private void retired(Supplier<String> id, Connection connection) {
        Map<String, Set<AnomalyName>> ofTuple = raised.get(connection.fourTuple());
        Set<AnomalyName> anomalies = ofTuple == null ? null : ofTuple.remove(id.get());
        if (ofTuple != null && ofTuple.isEmpty()) {
            raised.remove(connection.fourTuple());
        }
        connections++;
        for (Role role : Role.values()) {
            TcpState state = connection
                    .endpoint(
                            role == Role.CLIENT
                                    ? connection.client()
                                    : connection.client().peer())
                    .state();
            states.merge(state, 1L, Long::sum);
        }
        try {
            report.connection(new AnalyzedConnection(file, connection, anomalies == null ? Set.of() : anomalies));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
