package io.loopscope.standalone.analyze;

import io.loopscope.agent.parse.ParseResult;
import io.loopscope.processor.detect.AnomalyChange;
import io.loopscope.processor.detect.AnomalyStage;
import io.loopscope.processor.detect.ConnectionChange;
import io.loopscope.processor.detect.ConnectionChange.StateChange;
import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.Role;
import io.loopscope.schemas.ConnectionKey;
import io.loopscope.settings.terminal.Palette;
import io.loopscope.standalone.observe.TimeText;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** For people: a line a connection, anomalies in words, and what was in the file. */
final class TableReport implements Report {
    /** Of all columns but the last; negative: numbers, which stand at the right. */
    private static final int[] WIDTHS = {29, 22, 22, 12, 12, 7, -9, -9, -5, 9};

    private static final int DATE_LENGTH = "2026-11-22".length();
    private static final String BLANKS = " ".repeat(30);

    private final Appendable out;
    private final Palette palette;
    private final boolean transitions;

    /** @param transitions whether each change of state gets a line, too */
    TableReport(Appendable out, Palette palette, boolean transitions) {
        this.out = out;
        this.palette = palette;
        this.transitions = transitions;
    }

    @Override
    public void begin() throws IOException {
        out.append(palette.bold(row(
                "STARTED (UTC)",
                "CLIENT",
                "SERVER",
                "CLIENT STATE",
                "SERVER STATE",
                "CONN",
                "C>S BYTES",
                "S>C BYTES",
                "RETX",
                "DURATION",
                "HISTORY")));
    }

    @Override
    public void connection(AnalyzedConnection analyzed) throws IOException {
        Connection connection = analyzed.connection();
        out.append(row(
                time(connection.startedNanos()),
                ConnectionKey.text(analyzed.socket(Role.CLIENT)),
                ConnectionKey.text(analyzed.socket(Role.SERVER)),
                analyzed.client().state().name(),
                analyzed.server().state().name(),
                connection.connState(),
                Long.toString(analyzed.client().octets()),
                Long.toString(analyzed.server().octets()),
                Integer.toString(
                        analyzed.client().retransmissions() + analyzed.server().retransmissions()),
                TimeText.span(connection.lastNanos() - connection.startedNanos()),
                connection.history() + (connection.partial() ? " (began before the capture)" : "")));
    }

    @Override
    public boolean showsTransitions() {
        return transitions;
    }

    @Override
    public void transition(String file, ConnectionChange change, long packet) throws IOException {
        for (StateChange one : change.changes()) {
            out.append("  %s  %s %s  %s -> %s%s%n"
                    .formatted(
                            time(change.timeNanos()),
                            one.end().name().toLowerCase(Locale.ROOT),
                            change.connection().text(one.end()),
                            one.from().name(),
                            one.to().name(),
                            packet == 0 ? "  (by a timer)" : "  (packet " + packet + ')'));
        }
    }

    @Override
    public void anomaly(String file, AnomalyChange change) throws IOException {
        String stage = change.stage().name();
        String head = change.stage() == AnomalyStage.CLEARED ? palette.green(stage) : palette.red(stage);
        out.append("  %s  %s %s  %s%n"
                .formatted(
                        time(change.timeNanos()),
                        head,
                        palette.bold(change.name().name()),
                        change.explain()));
        if (change.stage() == AnomalyStage.OPENED) {
            out.append("      ").append(change.name().advice()).append('\n');
        }
    }

    @Override
    public void fileEnd(FileSummary summary) throws IOException {
        Map<ParseResult, Long> packets = summary.packets();
        long total = packets.values().stream().mapToLong(Long::longValue).sum();
        out.append("%n%s: %d packets, %d TCP segments, %d connections in %s%n"
                .formatted(
                        summary.file(),
                        total,
                        packets.getOrDefault(ParseResult.OK, 0L),
                        summary.connections(),
                        TimeText.span(summary.lastNanos() - summary.firstNanos())));
        list(
                "  not used: ",
                packets.entrySet().stream()
                        .filter(result -> result.getKey() != ParseResult.OK && result.getValue() > 0)
                        .collect(Collectors.toMap(result -> result.getKey().label(), Map.Entry::getValue)));
        list("  states (both ends): ", names(summary.states()));
        list("  anomalies still open: ", names(summary.open()));
        if (summary.failure() != null) {
            out.append("  ").append(palette.red(summary.failure())).append('\n');
        }
        out.append('\n');
    }

    private void list(String title, Map<String, Long> counts) throws IOException {
        String text = counts.entrySet().stream()
                .filter(count -> count.getValue() > 0)
                .sorted(Map.Entry.comparingByKey())
                .map(count -> count.getKey() + ' ' + count.getValue())
                .collect(Collectors.joining(", "));
        if (!text.isEmpty()) {
            out.append(title).append(text).append('\n');
        }
    }

    private static Map<String, Long> names(Map<? extends Enum<?>, Long> counts) {
        return counts.entrySet().stream()
                .collect(Collectors.toMap(count -> count.getKey().name(), Map.Entry::getValue));
    }

    /** By hand: a formatter takes longer than the rest of what is done for a connection. */
    private static String row(String... cells) {
        StringBuilder row = new StringBuilder();
        for (int i = 0; i < WIDTHS.length; i++) {
            int blanks = Math.max(0, Math.abs(WIDTHS[i]) - cells[i].length());
            row.append(BLANKS, 0, WIDTHS[i] < 0 ? blanks : 0);
            row.append(cells[i]);
            row.append(BLANKS, 0, WIDTHS[i] < 0 ? 1 : blanks + 1);
        }
        return row.append(cells[WIDTHS.length]).append('\n').toString();
    }

    private static String time(long nanos) {
        String iso = TimeText.iso(nanos);
        return iso.substring(0, DATE_LENGTH) + ' ' + iso.substring(DATE_LENGTH + 1, iso.length() - 1);
    }
}
