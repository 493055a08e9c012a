package io.loopscope.standalone.observe;

import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.schemas.v1.SocketReport;
import io.loopscope.settings.terminal.SafeText;
import io.loopscope.standalone.observe.Item.DeadLetterItem;
import io.loopscope.standalone.observe.Item.SegmentItem;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HexFormat;

/** Records of the capture topic, and letters nobody could read, in words. */
final class CaptureText {
    private static final int SHOWN_OCTETS = 32;

    private CaptureText() {}

    /** tcpdump's own form, with absolute numbers as {@code -S} prints them. */
    static String segment(SegmentItem item) {
        var segment = item.segment();
        var text = new StringBuilder()
                .append(SocketText.of(item.source()))
                .append(" > ")
                .append(SocketText.of(item.destination()))
                .append(": Flags [")
                .append(Flags.text(segment.getFlags()))
                .append("], seq ")
                .append(segment.getSequence());
        if ((segment.getFlags() & Flags.ACK) != 0) {
            text.append(", ack ").append(segment.getAcknowledgment());
        }
        text.append(", win ").append(segment.getWindow());
        if (segment.getUrgentPointer() != null) {
            text.append(", urg ").append(segment.getUrgentPointer());
        }
        text.append(options(segment)).append(", length ").append(segment.getPayloadOctets());
        var run = segment.getRun();
        if (run != null) {
            text.append(", run of ")
                    .append(run.getSegments())
                    .append(" in ")
                    .append(TimeText.span(run.getLastTimeDeltaNs()))
                    .append(" up to seq ")
                    .append(run.getNextSequence())
                    .append(" ack ")
                    .append(run.getLastAcknowledgment())
                    .append(" win ")
                    .append(run.getLastWindow());
        }
        return text.toString();
    }

    private static String options(CapturedSegment segment) {
        var options = new ArrayList<String>();
        if (segment.getMaximumSegmentSize() != null) {
            options.add("mss " + segment.getMaximumSegmentSize());
        }
        if (segment.getSackPermitted()) {
            options.add("sackOK");
        }
        if (segment.getTimestampValue() != null) {
            options.add("TS val " + segment.getTimestampValue() + " ecr " + segment.getTimestampEcho());
        }
        if (segment.getWindowScale() != null) {
            options.add("wscale " + segment.getWindowScale());
        }
        return options.isEmpty() ? "" : ", options [" + String.join(",", options) + ']';
    }

    static String heartbeat(Heartbeat heartbeat, ZoneId zone) {
        var s = heartbeat.getStatistics();
        return "heartbeat of %s on %s%s: all sent up to %s; %d batches, %d packets seen, %d segments published, %d coalesced; dropped %d kernel %d interface %d queue %d shed (%d data, %d acknowledgments) %d refused; excluded %d own %d by setting; %d malformed, %d not TCP; %d captured twice; ring full %d times, %d connections evicted"
                .formatted(
                        SafeText.of(heartbeat.getHostId()),
                        SafeText.of(String.join(",", heartbeat.getInterfaces())),
                        heartbeat.getPlannedStop() ? ", its last" : "",
                        TimeText.clock(heartbeat.getWatermarkNs(), zone),
                        heartbeat.getNextBatchSequence(),
                        s.getSeen(),
                        s.getPublished(),
                        s.getCoalesced(),
                        s.getKernelDropped(),
                        s.getInterfaceDropped(),
                        s.getQueueDropped(),
                        s.getShed(),
                        s.getShedData(),
                        s.getShedAcknowledgments(),
                        s.getPublishFailed(),
                        s.getExcludedOwn(),
                        s.getExcludedBySetting(),
                        s.getMalformed(),
                        s.getNotTcp(),
                        s.getCapturedTwice(),
                        s.getRingFreezes(),
                        s.getEvicted());
    }

    static String socketReport(SocketReport report) {
        return "socket table of %s, poll %d%s: %d sockets%s, %d gone"
                .formatted(
                        SafeText.of(report.getHostId()),
                        report.getPollId(),
                        report.getLastOfPoll() ? "" : " (more follows)",
                        report.getSockets().size(),
                        report.getFull() ? "" : " changed",
                        report.getGone().size());
    }

    static String deadLetter(DeadLetterItem item) {
        var letter = item.letter();
        var text = new StringBuilder("dead letter %d-%d:".formatted(letter.partition(), letter.offset()));
        for (var header : letter.headers()) {
            var value = header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
            text.append(' ').append(SafeText.of(header.key())).append('=').append(SafeText.of(value));
        }
        return text.append("; value ").append(octets(letter.value())).toString();
    }

    private static String octets(byte[] octets) {
        if (octets == null) {
            return "null";
        }
        int shown = Math.min(octets.length, SHOWN_OCTETS);
        var hex = HexFormat.of().formatHex(octets, 0, shown);
        return octets.length + " octets " + hex + (shown < octets.length ? "…" : "");
    }
}
