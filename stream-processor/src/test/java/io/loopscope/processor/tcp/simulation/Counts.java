package io.loopscope.processor.tcp.simulation;

import io.loopscope.processor.tcp.CloseReason;
import io.loopscope.processor.tcp.Notice;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.simulation.Packet.Purpose;
import io.loopscope.processor.tcp.simulation.Trace.Sent;
import java.util.List;

/** Counts of the first family: what the core counted is what was sent. */
final class Counts {

    private Counts() {}

    static void check(Trace trace, Capture capture, Observation core) {
        List<Sent> segments = trace.segments().stream().filter(capture::sees).toList();
        if (segments.isEmpty() || !trace.ledger().doubtful().isEmpty()) {
            return;
        }
        long end = segments.get(segments.size() - 1).at();
        int late = core.notices(Notice.LATE_SEGMENT);
        long counted = core.totals(Side.LOW).segments() + core.totals(Side.HIGH).segments();
        Violation.unless(
                counted + late >= segments.size() && counted <= segments.size(),
                "counts",
                end,
                () -> "%d segments were captured, %d counted, %d late".formatted(segments.size(), counted, late));
        // Two equal segments within a millisecond look like one that was captured twice.
        int twice = core.notices(Notice.CAPTURED_TWICE);
        boolean inOrder = segments.stream().allMatch(sent -> sent.incarnation() == sent.current())
                && trace.loneSyns(trace.ledger().incarnations() - 1) == 0;
        if (late == 0 && twice == 0 && inOrder) {
            for (Side side : Side.values()) {
                check(segments, capture, side, core);
            }
        }
    }

    private static void check(List<Sent> segments, Capture capture, Side side, Observation core) {
        Observation.Totals totals = core.totals(side);
        long end = segments.get(segments.size() - 1).at();
        equal(end, side, "octets", octets(segments, side), totals.octets());
        if (capture.fromTheStart() && capture.lossless()) {
            equal(end, side, "gaps", 0, totals.gaps());
            equal(end, side, "segments out of order", 0, totals.outOfOrder());
            equal(end, side, "unique octets", stream(segments, side), totals.uniqueOctets());
            retransmissions(segments, side, totals.retransmissions());
        } else if (!core.closings().contains(CloseReason.GAVE_UP)) {
            // What is given up and met again is counted again.
            long stream = stream(segments, side);
            Violation.unless(
                    totals.uniqueOctets() <= stream,
                    "counts",
                    end,
                    () -> "%s: %d unique octets, it sent %d".formatted(side, totals.uniqueOctets(), stream));
        }
    }

    private static void equal(long at, Side side, String what, long sent, long counted) {
        Violation.unless(
                sent == counted,
                "counts",
                at,
                () -> "%s sent %d %s, %d were counted".formatted(side, sent, what, counted));
    }

    private static long octets(List<Sent> segments, Side side) {
        return segments.stream()
                .filter(sent -> sent.packet().sender() == side)
                .mapToLong(sent -> sent.packet().octets())
                .sum();
    }

    private static long stream(List<Sent> segments, Side side) {
        return segments.stream()
                .map(Sent::packet)
                .filter(packet -> packet.sender() == side && packet.origin() != null)
                .map(Packet::origin)
                .distinct()
                .mapToLong(socket -> socket.sender.streamOctets())
                .sum();
    }

    /**
     * A single octet that is sent again when its acknowledgment is on its way has the shape of a keepalive with garbage
     * (RFC 9293 3.8.4): either name for it is right.
     */
    private static void retransmissions(List<Sent> segments, Side side, long counted) {
        long sent = repeated(segments, side, 1);
        long certain = repeated(segments, side, 2);
        Violation.unless(
                counted >= certain && counted <= sent,
                "counts",
                segments.get(segments.size() - 1).at(),
                () -> "%s sent %d to %d retransmissions, %d were counted".formatted(side, certain, sent, counted));
    }

    private static long repeated(List<Sent> segments, Side side, int least) {
        return segments.stream()
                .map(Sent::packet)
                .filter(packet ->
                        packet.sender() == side && packet.purpose() == Purpose.REPEATED && packet.octets() >= least)
                .count();
    }
}
