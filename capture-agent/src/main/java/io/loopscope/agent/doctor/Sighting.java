package io.loopscope.agent.doctor;

import io.loopscope.agent.parse.HeaderParser;
import io.loopscope.agent.parse.ParseResult;
import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.parse.TcpFlags;
import io.loopscope.agent.source.Packet;
import io.loopscope.agent.source.SourceStatistics;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;

/** What one capture has seen while the probes were sent. */
final class Sighting {
    private final List<Probe> probes;
    private final BiPredicate<Integer, Integer> ports;
    private final HeaderParser parser = new HeaderParser();
    private final SegmentHeader header = new SegmentHeader();
    private final Set<Integer> finished = new HashSet<>();
    private SourceStatistics statistics = new SourceStatistics(0, 0, 0);
    private long segments;
    private long probeSegments;
    private long firstNs = Long.MAX_VALUE;
    private long lastNs = Long.MIN_VALUE;
    private long stepBackNs;

    /**
     * Nothing yet.
     *
     * @param probes what has been sent
     * @param ports whether a segment between two ports counts
     */
    Sighting(List<Probe> probes, BiPredicate<Integer, Integer> ports) {
        this.probes = List.copyOf(probes);
        this.ports = ports;
    }

    void add(Packet packet) {
        ParseResult result = packet.parse(parser, header);
        if (result != ParseResult.OK || !ports.test(header.sourcePort(), header.destinationPort())) {
            return;
        }
        segments++;
        if (probes.stream().anyMatch(probe -> probe.has(header))) {
            addOfProbe(packet.timestampNs());
        }
    }

    private void addOfProbe(long timeNs) {
        probeSegments++;
        stepBackNs = Math.max(stepBackNs, lastNs == Long.MIN_VALUE ? 0 : lastNs - timeNs);
        firstNs = Math.min(firstNs, timeNs);
        lastNs = Math.max(lastNs, timeNs);
        if ((header.flags() & TcpFlags.FIN) != 0) {
            finished.add(header.sourcePort());
        }
    }

    void count(SourceStatistics counters) {
        statistics = counters;
    }

    /** Whether both ends of each probe have been seen to close. */
    boolean hasAllProbes() {
        return !probes.isEmpty()
                && probes.stream()
                        .allMatch(probe -> finished.contains(probe.client()) && finished.contains(probe.server()));
    }

    /** TCP segments that could be read and count. */
    long segments() {
        return segments;
    }

    /** Those of the probes. */
    long probeSegments() {
        return probeSegments;
    }

    /** Time of the earliest segment of a probe; meaningless without any. */
    long firstNs() {
        return firstNs;
    }

    /** Time of the latest. */
    long lastNs() {
        return lastNs;
    }

    /** How far the time of a segment lay before that of an earlier one, at most. */
    long stepBackNs() {
        return stepBackNs;
    }

    SourceStatistics statistics() {
        return statistics;
    }
}
