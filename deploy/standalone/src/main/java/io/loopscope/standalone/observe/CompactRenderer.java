package io.loopscope.standalone.observe;

import io.loopscope.schemas.v1.CensusCount;
import io.loopscope.settings.terminal.Palette;
import io.loopscope.settings.terminal.SafeText;
import io.loopscope.standalone.observe.Item.AnomalyItem;
import io.loopscope.standalone.observe.Item.CensusItem;
import io.loopscope.standalone.observe.Item.ConnectionItem;
import io.loopscope.standalone.observe.Item.DeadLetterItem;
import io.loopscope.standalone.observe.Item.GapItem;
import io.loopscope.standalone.observe.Item.HeartbeatItem;
import io.loopscope.standalone.observe.Item.SegmentItem;
import io.loopscope.standalone.observe.Item.SocketReportItem;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One line an item, in tcpdump's manner: local time, then what happened. Where the date changes a line {@code #
 * 2026-11-22} says so.
 */
public final class CompactRenderer implements Renderer {
    private final ZoneId zone;
    private final boolean hosts;
    private final Palette palette;
    private LocalDate date;

    /**
     * @param zone of the times shown
     * @param today needs no line with its date
     * @param hosts whether each line names its host
     */
    public CompactRenderer(ZoneId zone, LocalDate today, boolean hosts, Palette palette) {
        this.zone = zone;
        this.date = today;
        this.hosts = hosts;
        this.palette = palette;
    }

    @Override
    public List<String> lines(Item item) {
        var lines = new ArrayList<>(dateLine(item));
        lines.add(start(item) + text(item));
        return lines;
    }

    /** The line that says the date, when it is another than that of the item before. */
    public List<String> dateLine(Item item) {
        var day = TimeText.date(item.timeNs(), zone);
        if (day.equals(date)) {
            return List.of();
        }
        date = day;
        return List.of("# " + day);
    }

    /** What every line begins with: the time, and the host if wanted. */
    public String start(Item item) {
        var time = palette.dim(TimeText.clock(item.timeNs(), zone));
        return hosts && !item.hostId().isEmpty() ? time + ' ' + SafeText.of(item.hostId()) + ' ' : time + ' ';
    }

    // Once pattern switches are in the language version we compile for, this is one.
    private String text(Item item) {
        if (item instanceof ConnectionItem connection) {
            return ConnectionText.of(connection.event(), palette);
        } else if (item instanceof AnomalyItem anomaly) {
            var event = anomaly.event();
            return AnomalyText.title(event, palette) + "  " + AnomalyText.subject(event) + ": "
                    + SafeText.of(event.getExplain());
        } else if (item instanceof CensusItem census) {
            return census(census.count());
        } else if (item instanceof SegmentItem segment) {
            return CaptureText.segment(segment);
        } else if (item instanceof GapItem gap) {
            var skipped = gap.batch().getSkippedBefore() + " segments left out before batch "
                    + gap.batch().getBatchSequence();
            return palette.yellow(skipped);
        } else if (item instanceof HeartbeatItem heartbeat) {
            return CaptureText.heartbeat(heartbeat.heartbeat(), zone);
        } else if (item instanceof SocketReportItem report) {
            return CaptureText.socketReport(report.report());
        } else if (item instanceof DeadLetterItem letter) {
            return CaptureText.deadLetter(letter);
        }
        throw new IllegalStateException("no text for " + item);
    }

    private static String census(CensusCount count) {
        return "%s %s %s %d (%s)"
                .formatted(
                        SocketText.of(count.getServer()),
                        count.getEnd().name().toLowerCase(Locale.ROOT),
                        count.getState(),
                        count.getCount(),
                        count.getEvidence().name().toLowerCase(Locale.ROOT));
    }
}
