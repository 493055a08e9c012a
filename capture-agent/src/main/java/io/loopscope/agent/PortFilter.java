package io.loopscope.agent;

import io.loopscope.agent.parse.SegmentHeader;
import java.util.BitSet;
import java.util.Set;

/** The include and exclude lists of ports: a segment counts by either of its ports. */
final class PortFilter {
    private final BitSet included = new BitSet();
    private final BitSet excluded = new BitSet();
    private final boolean includesAll;

    PortFilter(Set<Integer> include, Set<Integer> exclude) {
        include.forEach(included::set);
        exclude.forEach(excluded::set);
        includesAll = include.isEmpty();
    }

    boolean passes(SegmentHeader header) {
        return passes(header.sourcePort(), header.destinationPort());
    }

    /** The same for a socket; a listener has 0 as its remote port. */
    boolean passes(int source, int destination) {
        return (includesAll || included.get(source) || included.get(destination))
                && !excluded.get(source)
                && !excluded.get(destination);
    }
}
