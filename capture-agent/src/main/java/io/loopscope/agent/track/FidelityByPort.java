package io.loopscope.agent.track;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The fidelity of a connection: that of its port which is named, the richer one when both are, and the general one when
 * none is. Looking up allocates nothing.
 */
public final class FidelityByPort {
    private static final int PORTS = 65_536;
    private static final Fidelity[] FROM_RICHEST = Fidelity.values();
    private static final byte NOT_NAMED = (byte) FROM_RICHEST.length;

    private final Fidelity general;
    private final Map<Fidelity, Set<Integer>> named = new EnumMap<>(Fidelity.class);
    /** Ranks: the smaller, the richer. */
    private final byte[] byPort = new byte[PORTS];

    private final boolean oneForAll;

    /**
     * A lookup.
     *
     * @param general for connections none of whose ports is named
     * @param named ports, 0 to 65535, by the fidelity they are to have; no port twice
     * @throws IllegalArgumentException when a port has two fidelities or is out of range
     */
    public FidelityByPort(Fidelity general, Map<Fidelity, Set<Integer>> named) {
        this.general = general;
        Arrays.fill(byPort, NOT_NAMED);
        for (byte rank = 0; rank < FROM_RICHEST.length; rank++) {
            Set<Integer> ports = named.getOrDefault(FROM_RICHEST[rank], Set.of());
            for (int port : ports) {
                name(port, rank);
            }
            this.named.put(FROM_RICHEST[rank], Collections.unmodifiableSet(new TreeSet<>(ports)));
        }
        oneForAll = named.values().stream().allMatch(Set::isEmpty);
    }

    private void name(int port, byte rank) {
        if (port < 0 || port >= PORTS) {
            throw new IllegalArgumentException("not a port: " + port);
        }
        if (byPort[port] != NOT_NAMED) {
            throw new IllegalArgumentException("port " + port + " has two fidelities");
        }
        byPort[port] = rank;
    }

    /** The same for every connection. */
    public static FidelityByPort always(Fidelity fidelity) {
        return new FidelityByPort(fidelity, Map.of());
    }

    /** The fidelity of connections between these two ports, in either order. */
    public Fidelity of(int oneEnd, int otherEnd) {
        if (oneForAll) {
            return general;
        }
        int richer = Math.min(byPort[oneEnd], byPort[otherEnd]);
        return richer == NOT_NAMED ? general : FROM_RICHEST[richer];
    }

    /** The fidelity of connections none of whose ports is named. */
    public Fidelity general() {
        return general;
    }

    /** The ports named for a fidelity, ascending. */
    public Set<Integer> portsOf(Fidelity fidelity) {
        return named.getOrDefault(fidelity, Set.of());
    }

    /** Whether any connection can have this fidelity. */
    public boolean uses(Fidelity fidelity) {
        return general == fidelity || !named.getOrDefault(fidelity, Set.of()).isEmpty();
    }
}
