package io.loopscope.standalone.states;

import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The kernel's sockets at one time.
 *
 * @param at when they were read
 * @param source how, see {@link io.loopscope.agent.sockets.SocketTable#source}
 * @param lines every socket
 * @param limitations what could not be seen and why
 */
record Snapshot(Instant at, String source, List<SocketLine> lines, List<String> limitations) {

    /**
     * Sockets that belong together.
     *
     * @param keys one for each grouping
     * @param counts of them
     */
    record Group(List<String> keys, StateCounts counts) {}

    StateCounts counts() {
        return count(lines);
    }

    /** Those in one of these states; all when none is named. */
    List<SocketLine> in(Set<NetstatState> states) {
        return states.isEmpty()
                ? lines
                : lines.stream().filter(line -> states.contains(line.state())).toList();
    }

    /** The largest group first. */
    List<Group> groups(List<Grouping> by, Set<NetstatState> states) {
        Set<Integer> listening = lines.stream()
                .filter(line -> line.state() == NetstatState.LISTEN)
                .map(line -> line.entry().local().port())
                .collect(Collectors.toSet());
        Map<List<String>, List<SocketLine>> grouped = in(states).stream()
                .collect(Collectors.groupingBy(
                        line -> by.stream()
                                .map(grouping -> grouping.of(line, listening))
                                .toList(),
                        LinkedHashMap::new,
                        Collectors.toList()));
        return grouped.entrySet().stream()
                .map(entry -> new Group(entry.getKey(), count(entry.getValue())))
                .sorted(Comparator.comparingLong(
                                (Group group) -> -group.counts().total())
                        .thenComparing(group -> String.join(" ", group.keys())))
                .toList();
    }

    private static StateCounts count(List<SocketLine> lines) {
        StateCounts counts = new StateCounts();
        lines.forEach(line -> counts.add(line.state(), 1));
        return counts;
    }
}
