package io.loopscope.processor.streams;

import io.loopscope.processor.streams.AgentRun.Standing;
import io.loopscope.processor.streams.Arrival.Verdict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The book of the agent runs of one host and network namespace: recognises what was sent twice, what is missing and what
 * comes from a run that has been replaced.
 *
 * <p>A run replaces the earlier runs with which it shares an interface; agents on different interfaces work side by side.
 * Within one boot the greater epoch is the later run. Between boots it is not, because a machine may come up with its
 * clock far behind: there the run that arrives first is the earlier one.
 */
final class AgentRuns {
    /** Runs that are remembered. Replaced ones are forgotten first, then those that stopped; live ones never. */
    static final int REMEMBERED = 32;

    private static final Comparator<AgentRun> LEAST_WORTH_REMEMBERING = Comparator.comparing(
                    (AgentRun run) -> !run.isReplaced())
            .thenComparingLong(run -> run.key().epoch());

    private final Map<AgentRun.Key, AgentRun> runs = new LinkedHashMap<>();

    AgentRuns(Collection<AgentRun> stored) {
        stored.forEach(run -> runs.put(run.key(), run));
    }

    /** A batch has come. */
    Arrival batch(AgentRun.Key key, String bootId, String captured, long sequence) {
        Entry entry = new Entry(key, bootId, List.of(captured), sequence);
        AgentRun run = entry.run;
        if (run.isReplaced()) {
            return entry.close(Verdict.SUPERSEDED, 0);
        }
        if (sequence < run.nextBatch()) {
            return entry.close(Verdict.REPLAYED, 0);
        }
        entry.put(run.capturing(List.of(captured)).withNextBatch(sequence + 1));
        return entry.close(Verdict.ACCEPTED, sequence - run.nextBatch());
    }

    /**
     * A heartbeat has come.
     *
     * @param next sequence of the run's next batch: all lower ones have been sent
     */
    Arrival heartbeat(AgentRun.Key key, String bootId, List<String> interfaces, long next, boolean plannedStop) {
        Entry entry = new Entry(key, bootId, interfaces, next);
        AgentRun run = entry.run;
        if (run.isReplaced()) {
            return entry.close(Verdict.SUPERSEDED, 0);
        }
        if (next < run.nextBatch()) {
            return entry.close(Verdict.REPLAYED, 0);
        }
        AgentRun heard =
                run.capturing(interfaces).withNextBatch(next).with(plannedStop ? Standing.STOPPED : Standing.LIVE);
        if (!heard.equals(run)) {
            entry.put(heard);
            entry.replaceEarlier(interfaces); // It may have named more interfaces than its batches did.
        }
        return entry.close(Verdict.ACCEPTED, next - run.nextBatch());
    }

    /** A record that has no number has come. */
    Arrival unnumbered(AgentRun.Key key) {
        AgentRun run = runs.get(key);
        Verdict verdict = run != null && run.isReplaced() ? Verdict.SUPERSEDED : Verdict.ACCEPTED;
        return new Arrival(verdict, 0, List.of(), List.of());
    }

    /** One record's entry in the book. */
    private final class Entry {
        private final Map<AgentRun.Key, AgentRun> changed = new LinkedHashMap<>();
        private final List<AgentRun.Key> forgotten = new ArrayList<>();
        private AgentRun run;

        Entry(AgentRun.Key key, String bootId, List<String> interfaces, long nextBatch) {
            @Nullable AgentRun known = runs.get(key);
            if (known != null) {
                run = known;
                return;
            }
            AgentRun first = new AgentRun(key, bootId, Set.copyOf(interfaces), nextBatch, Standing.LIVE);
            run = hasLaterRun(first) ? first.with(Standing.SUPERSEDED) : first;
            put(run);
            if (!run.isReplaced()) {
                replaceEarlier(interfaces);
            }
            forget();
        }

        void put(AgentRun entered) {
            if (entered.key().equals(run.key())) {
                run = entered;
            }
            runs.put(entered.key(), entered);
            changed.put(entered.key(), entered);
        }

        void replaceEarlier(Collection<String> interfaces) {
            for (AgentRun other : List.copyOf(runs.values())) {
                if (!other.key().equals(run.key()) && !other.isReplaced() && other.sharesInterfaceWith(interfaces)) {
                    put(other.with(Standing.SUPERSEDED));
                }
            }
        }

        private void forget() {
            runs.values().stream()
                    .filter(other -> !other.key().equals(run.key()) && other.standing() != Standing.LIVE)
                    .sorted(LEAST_WORTH_REMEMBERING)
                    .limit(Math.max(0, runs.size() - REMEMBERED))
                    .toList()
                    .forEach(other -> {
                        runs.remove(other.key());
                        changed.remove(other.key());
                        forgotten.add(other.key());
                    });
        }

        Arrival close(Verdict verdict, long lost) {
            return new Arrival(verdict, lost, List.copyOf(changed.values()), forgotten);
        }
    }

    private boolean hasLaterRun(AgentRun unknown) {
        boolean pastBoot = runs.values().stream()
                .anyMatch(run -> run.isReplaced() && run.bootId().equals(unknown.bootId()));
        return runs.values().stream()
                .filter(run -> run.key().epoch() > unknown.key().epoch())
                .filter(run -> run.sharesInterfaceWith(unknown.interfaces()))
                .anyMatch(run -> pastBoot || run.bootId().equals(unknown.bootId()));
    }
}
