package io.loopscope.standalone.states;

import io.loopscope.agent.sockets.SocketEntry;
import io.loopscope.settings.terminal.Palette;
import io.loopscope.settings.terminal.SafeText;
import io.loopscope.standalone.states.WireCensus.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A snapshot for people. */
final class StatesTable {
    private static final long SECOND_MS = 1_000;
    private static final long MINUTE_S = 60;
    private static final long HOUR_S = 3_600;

    private final View view;
    private final Palette palette;

    StatesTable(View view, Palette palette) {
        this.view = view;
        this.palette = palette;
    }

    List<String> lines(Snapshot snapshot, @Nullable Wire wire) {
        List<String> lines = new ArrayList<>();
        if (view.listsSockets()) {
            lines.addAll(sockets(snapshot));
        } else if (!view.by().isEmpty()) {
            lines.addAll(groups(snapshot));
        } else {
            lines.addAll(counts(snapshot.counts(), wire));
        }
        snapshot.limitations().forEach(each -> lines.add(palette.yellow("note: " + SafeText.of(each))));
        return lines;
    }

    private List<String> counts(StateCounts kernel, @Nullable Wire wire) {
        List<String> lines = new ArrayList<>();
        if (wire == null) {
            lines.add(palette.bold("%-12s %8s".formatted("STATE", "SOCKETS")));
            kernel.forEach((state, count) -> lines.add("%-12s %8d".formatted(state, count)));
            lines.add(palette.bold("%-12s %8d".formatted("total", kernel.total())));
            return lines;
        }
        lines.add(palette.bold("%-12s %8s %8s".formatted("STATE", "KERNEL", "WIRE")));
        kernel.forEach((state, count) ->
                lines.add("%-12s %8d %8s".formatted(state, count, onWire(state, wire.counts()))));
        lines.add(palette.bold(
                "%-12s %8d %8d".formatted("total", kernel.total(), wire.counts().total())));
        lines.add(
                wire.at() == null
                        ? "note: no processor has counted anything of this host and network namespace"
                        : "WIRE: connections seen by the agent and not the pipeline's own, as of " + wire.at());
        return lines;
    }

    /** No packet shows a listener, and none is left of what is closed. */
    private static String onWire(NetstatState state, StateCounts wire) {
        return state == NetstatState.LISTEN ? "-" : Long.toString(wire.of(state));
    }

    private List<String> groups(Snapshot snapshot) {
        List<Snapshot.Group> groups = snapshot.groups(view.by(), view.states());
        List<NetstatState> columns = Stream.of(NetstatState.values())
                .filter(state ->
                        groups.stream().anyMatch(group -> group.counts().of(state) > 0))
                .toList();
        List<List<String>> rows = new ArrayList<>();
        List<String> heading = new ArrayList<>();
        view.by().forEach(grouping -> heading.add(grouping.name()));
        columns.forEach(state -> heading.add(state.name()));
        heading.add("TOTAL");
        rows.add(heading);
        for (Snapshot.Group group : groups) {
            List<String> row = new ArrayList<>(group.keys());
            columns.forEach(state -> row.add(Long.toString(group.counts().of(state))));
            row.add(Long.toString(group.counts().total()));
            rows.add(row);
        }
        return align(rows, view.by().size());
    }

    private List<String> sockets(Snapshot snapshot) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("STATE", "LOCAL", "REMOTE", "PROCESS", "AGE", "RECV-Q", "SEND-Q"));
        snapshot.in(view.states())
                .forEach(line -> rows.add(List.of(
                        line.state().name(),
                        line.local(),
                        line.remote(),
                        line.process(),
                        age(line.ageMs()),
                        Long.toString(line.entry().receiveQueue()),
                        Long.toString(line.entry().sendQueue()))));
        List<String> lines = align(rows, rows.get(0).indexOf("AGE"));
        lines.add("%d of %d sockets".formatted(rows.size() - 1, snapshot.lines().size()));
        return lines;
    }

    /** Text to the left, from column {@code numbersFrom} on numbers to the right; the first row is the heading. */
    private List<String> align(List<List<String>> rows, int numbersFrom) {
        List<List<String>> safe = rows.stream()
                .map(row -> row.stream().map(SafeText::of).toList())
                .toList();
        int columns = safe.get(0).size();
        int[] widths = new int[columns];
        safe.forEach(row -> {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        List<String> lines = new ArrayList<>();
        for (List<String> row : safe) {
            List<String> cells = new ArrayList<>();
            for (int i = 0; i < columns; i++) {
                String padding = " ".repeat(widths[i] - row.get(i).length());
                cells.add(i < numbersFrom ? row.get(i) + padding : padding + row.get(i));
            }
            String line = cells.stream().collect(Collectors.joining("  ")).stripTrailing();
            lines.add(lines.isEmpty() ? palette.bold(line) : line);
        }
        return lines;
    }

    /** {@code 4.2s}, {@code 3m12s}, {@code 5h07m}; a dash when it is not known. */
    static String age(long ageMs) {
        if (ageMs == SocketEntry.UNKNOWN) {
            return "-";
        }
        long seconds = ageMs / SECOND_MS;
        if (seconds < MINUTE_S) {
            return String.format(Locale.ROOT, "%.1fs", ageMs / (double) SECOND_MS);
        }
        return seconds < HOUR_S
                ? "%dm%02ds".formatted(seconds / MINUTE_S, seconds % MINUTE_S)
                : "%dh%02dm".formatted(seconds / HOUR_S, seconds % HOUR_S / MINUTE_S);
    }
}
