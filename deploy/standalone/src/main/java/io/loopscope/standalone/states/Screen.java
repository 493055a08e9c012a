package io.loopscope.standalone.states;

import io.loopscope.settings.terminal.Palette;
import io.loopscope.standalone.states.WireCensus.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is printed for each snapshot. */
@FunctionalInterface
interface Screen {
    /** Moves to the upper left and clears what is below. */
    String CLEAR = "\u001b[H\u001b[2J";

    List<String> lines(Snapshot snapshot, Optional<Wire> wire);

    static Screen json(StatesJson json) {
        return (snapshot, wire) -> List.of(json.line(snapshot, wire.orElse(null)));
    }

    /**
     * For people.
     *
     * @param again whether others follow: on a terminal each takes the place of the one before
     */
    static Screen table(StatesTable table, Palette palette, boolean again) {
        if (!again) {
            return (snapshot, wire) -> table.lines(snapshot, wire.orElse(null));
        }
        return (snapshot, wire) -> {
            List<String> lines = new ArrayList<>();
            lines.add((palette == Palette.ANSI ? CLEAR : "") + snapshot.at());
            lines.addAll(table.lines(snapshot, wire.orElse(null)));
            lines.add("");
            return lines;
        };
    }
}
