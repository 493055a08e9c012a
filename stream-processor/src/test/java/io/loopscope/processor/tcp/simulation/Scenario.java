package io.loopscope.processor.tcp.simulation;

import io.loopscope.processor.tcp.Side;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything a run follows from.
 *
 * @param seed decides the fate of each segment and the ISNs
 * @param actions ordered by time
 * @param mistreated the numbers of the segments that the network may lose, double or delay; null for all
 */
record Scenario(
        long seed,
        Host low,
        Host high,
        NetworkSettings network,
        InitialSequences initialSequences,
        List<Action> actions,
        @Nullable Set<Integer> mistreated) {

    /** What Linux's clock adds to an ISN in a bit more than a second (RFC 6528). */
    private static final int STEP = 20_000_000;

    record Host(KernelSettings kernel, ApplicationSettings application) {}

    /** How kernels choose ISNs. */
    enum InitialSequences {
        RANDOM,
        /** Each above the one before, as RFC 6528 wants it for one 4-tuple. */
        ASCENDING,
        /** Ascending, the first so close below that the connection crosses it. */
        BELOW_2_31,
        BELOW_2_32
    }

    Host host(Side side) {
        return side == Side.LOW ? low : high;
    }

    boolean mayMistreat(int number) {
        return mistreated == null || mistreated.contains(number);
    }

    Scenario withActions(List<Action> some) {
        return new Scenario(seed, low, high, network, initialSequences, some, mistreated);
    }

    Scenario withMistreated(Set<Integer> some) {
        return new Scenario(seed, low, high, network, initialSequences, actions, some);
    }

    Scenario withNetwork(NetworkSettings other) {
        return new Scenario(seed, low, high, other, initialSequences, actions, mistreated);
    }

    IntSupplier initialSequencesOf(Side side) {
        var random = new SplittableRandom(side == Side.LOW ? seed * 31 : seed * 31 + 1);
        int[] last = {
            switch (initialSequences) {
                case RANDOM, ASCENDING -> random.nextInt();
                // The first connection crosses the border after some octets, later ones lie beyond it.
                case BELOW_2_31 -> Integer.MAX_VALUE - STEP - random.nextInt(3000);
                case BELOW_2_32 -> -STEP - random.nextInt(3000);
            }
        };
        return () -> switch (initialSequences) {
            case RANDOM -> random.nextInt();
            case ASCENDING, BELOW_2_31, BELOW_2_32 -> last[0] += STEP;
        };
    }
}
