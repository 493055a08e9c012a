package io.loopscope.systemtests.nodes;

import io.loopscope.systemtests.nodes.Fault.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Who is struck when: a pure function of the seed. At most one broker is away at a time: with two away nothing can be
 * written by definition, which tests patience only. Processors and agents may all be away together.
 *
 * @param seed that it was made from
 * @param faults in the order of their times
 */
record FaultSchedule(long seed, List<Fault> faults) {
    static final FaultSchedule CALM = new FaultSchedule(0, List.of());

    private static final List<String> BROKERS = List.of("broker-1", "broker-2", "broker-3");
    private static final List<String> PROCESSORS = List.of("processor-1", "processor-2");
    private static final List<String> AGENTS = List.of("agent-1", "agent-2");

    /** One of each at least, so that no storm spares anybody. */
    private static final List<Species> ALWAYS = List.of(
            new Species(Kind.KILL, BROKERS), new Species(Kind.KILL, PROCESSORS), new Species(Kind.KILL, AGENTS));

    private static final List<Species> ALSO = List.of(
            new Species(Kind.KILL, PROCESSORS),
            new Species(Kind.PAUSE, PROCESSORS),
            new Species(Kind.PAUSE, BROKERS),
            new Species(Kind.PAUSE, AGENTS));

    private record Species(Kind kind, List<String> targets) {}

    /**
     * Faults of all classes.
     *
     * @param number how many, three at least
     * @param window they begin in this span of time, unless a target has to recover first
     */
    static FaultSchedule of(long seed, int number, Duration window) {
        Random random = new Random(seed);
        List<Species> classes = new ArrayList<>(ALWAYS);
        while (classes.size() < number) {
            classes.add(ALSO.get(random.nextInt(ALSO.size())));
        }
        Collections.shuffle(classes, random);
        List<Duration> times = random.longs(number, 0, window.toMillis())
                .sorted()
                .mapToObj(Duration::ofMillis)
                .toList();
        List<Fault> faults = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            faults.add(fault(random, classes.get(i), times.get(i), faults));
        }
        faults.sort(Comparator.comparing(Fault::at));
        return new FaultSchedule(seed, List.copyOf(faults));
    }

    private static Fault fault(Random random, Species of, Duration wanted, List<Fault> before) {
        String target = of.targets.get(random.nextInt(of.targets.size()));
        Duration free = before.stream()
                .filter(earlier -> collide(earlier.target(), target))
                .map(earlier -> earlier.over().plusMillis(500))
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
        return new Fault(wanted.compareTo(free) > 0 ? wanted : free, of.kind, target, outage(random, of));
    }

    private static boolean collide(String one, String other) {
        return one.equals(other) || (BROKERS.contains(one) && BROKERS.contains(other));
    }

    private static Duration outage(Random random, Species of) {
        if (of.kind == Kind.KILL) {
            return Duration.ofMillis(200 + random.nextInt(3_000));
        }
        // Half of the pauses of a processor outlive its session: it comes back as a zombie, with a transaction open.
        boolean zombie = of.targets.equals(PROCESSORS) && random.nextBoolean();
        return zombie
                ? Limits.SESSION.plusMillis(500 + random.nextInt(1_500))
                : Duration.ofMillis(300 + random.nextInt(3_000));
    }

    @Override
    public String toString() {
        return faults.stream().map(Fault::toString).collect(Collectors.joining("\n  ", "seed " + seed + ":\n  ", ""));
    }
}
