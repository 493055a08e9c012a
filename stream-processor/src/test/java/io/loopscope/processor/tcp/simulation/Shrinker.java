package io.loopscope.processor.tcp.simulation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes a failing scenario small: leaves out actions and faults of the network as long as the same law stays broken. */
final class Shrinker {

    private final Function<Scenario, @Nullable String> brokenLaw;
    private final String law;

    private Shrinker(Function<Scenario, @Nullable String> brokenLaw, String law) {
        this.brokenLaw = brokenLaw;
        this.law = law;
    }

    /**
     * The smallest scenario found that breaks the same law; the given one when it breaks none.
     *
     * @param brokenLaw names the law that a scenario breaks, or returns null
     */
    static Scenario shrink(Scenario scenario, Function<Scenario, @Nullable String> brokenLaw) {
        String law = brokenLaw.apply(scenario);
        return law == null ? scenario : new Shrinker(brokenLaw, law).shrink(scenario);
    }

    private boolean fails(Scenario scenario) {
        return Objects.equals(law, brokenLaw.apply(scenario));
    }

    private Scenario shrink(Scenario scenario) {
        Scenario smallest = scenario;
        int sizeBefore;
        do {
            sizeBefore = size(smallest);
            smallest = withoutBlackouts(withFewerFaults(withFewerActions(smallest)));
        } while (size(smallest) < sizeBefore);
        return smallest;
    }

    private static int size(Scenario scenario) {
        int faults = scenario.mistreated() == null
                ? 1_000_000
                : scenario.mistreated().size();
        return scenario.actions().size()
                + faults
                + scenario.network().blackouts().size();
    }

    private Scenario withFewerActions(Scenario scenario) {
        List<Action> kept = fewest(scenario.actions(), some -> fails(scenario.withActions(some)));
        return scenario.withActions(kept);
    }

    private Scenario withFewerFaults(Scenario scenario) {
        List<Integer> faults = new ArrayList<>(mistreated(scenario));
        if (!fails(scenario.withMistreated(new HashSet<>(faults)))) {
            return scenario;
        }
        List<Integer> kept = fewest(faults, some -> fails(scenario.withMistreated(new HashSet<>(some))));
        return scenario.withMistreated(new HashSet<>(kept));
    }

    private static Set<Integer> mistreated(Scenario scenario) {
        return scenario.mistreated() != null
                ? scenario.mistreated()
                : Simulation.run(scenario).segments().stream()
                        .filter(Trace.Sent::mistreated)
                        .map(Trace.Sent::number)
                        .collect(Collectors.toSet());
    }

    private Scenario withoutBlackouts(Scenario scenario) {
        NetworkSettings network = scenario.network();
        var kept = fewest(network.blackouts(), some -> fails(scenario.withNetwork(network.withBlackouts(some))));
        return scenario.withNetwork(network.withBlackouts(kept));
    }

    /** Leaves out pieces of falling size as long as the rest still fails. */
    private static <T> List<T> fewest(List<T> all, Function<List<T>, Boolean> stillFails) {
        List<T> kept = new ArrayList<>(all);
        for (int piece = Math.max(1, kept.size() / 2); piece >= 1; piece /= 2) {
            for (int from = 0; from < kept.size(); ) {
                List<T> fewer = new ArrayList<>(kept.subList(0, from));
                fewer.addAll(kept.subList(Math.min(kept.size(), from + piece), kept.size()));
                if (stillFails.apply(fewer)) {
                    kept = fewer;
                } else {
                    from += piece;
                }
            }
        }
        return kept;
    }
}
