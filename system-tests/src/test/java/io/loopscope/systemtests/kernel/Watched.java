package io.loopscope.systemtests.kernel;

import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.ConnectionListener;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Notice;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.Signal;
import io.loopscope.processor.tcp.TcpSettings;
import io.loopscope.processor.tcp.TcpState;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What the core made of the segments of one 4-tuple, and the segments. */
final class Watched implements ConnectionListener {
    private static final String FLAGS = "FSRP.UEW";
    private static final double NANOS_PER_SECOND = 1e9;

    private final Connection connection;
    private final List<Segment> segments = new ArrayList<>();
    private final List<Notice> notices = new ArrayList<>();
    private final List<Change> changes = new ArrayList<>();
    private final StringBuilder report = new StringBuilder();

    private record Change(Side side, TcpState to) {}

    Watched(FourTuple tuple) {
        connection = new Connection(tuple, TcpSettings.DEFAULT);
    }

    void apply(Segment segment) {
        segments.add(segment);
        report.append(text(segment));
        connection.apply(segment, this);
        report.append('\n');
    }

    void at(long nowNanos) {
        connection.at(nowNanos, this);
    }

    @Override
    public void stateChanged(Connection of, Side side, TcpState from, TcpState to, Signal cause, long atNanos) {
        changes.add(new Change(side, to));
        report.append("  ").append(side).append(' ').append(from).append('>').append(to);
    }

    @Override
    public void noticed(Connection of, Notice notice, Side side, long atNanos) {
        notices.add(notice);
        report.append("  ").append(notice.counterName());
    }

    Connection connection() {
        return connection;
    }

    /** All that were captured, in their order. */
    List<Segment> segments() {
        return List.copyOf(segments);
    }

    /** Those of one end. */
    List<Segment> segments(Side sender) {
        return segments.stream().filter(segment -> segment.sender() == sender).toList();
    }

    /** How often this was noticed. */
    long count(Notice notice) {
        return notices.stream().filter(notice::equals).count();
    }

    /** The states that an end came into, one after the other. */
    List<String> path(Side side) {
        return changes.stream()
                .filter(change -> change.side == side)
                .map(change -> change.to.name())
                .toList();
    }

    /** Every segment with what it changed. */
    String report() {
        return connection.fourTuple() + ", client " + connection.client() + "\n" + report;
    }

    private String text(Segment segment) {
        StringBuilder flags = new StringBuilder();
        Stream.iterate(0, bit -> bit + 1)
                .limit(FLAGS.length())
                .filter(bit -> (segment.flags() >> bit & 1) != 0)
                .forEach(bit -> flags.append(FLAGS.charAt(bit)));
        return String.format(
                "%10.6f %4s [%s] seq %d ack %d win %d length %d",
                (segment.atNanos() - segments.get(0).atNanos()) / NANOS_PER_SECOND,
                segment.sender(),
                flags,
                Integer.toUnsignedLong(segment.sequence()),
                Integer.toUnsignedLong(segment.acknowledgment()),
                segment.window(),
                segment.payloadOctets());
    }
}
