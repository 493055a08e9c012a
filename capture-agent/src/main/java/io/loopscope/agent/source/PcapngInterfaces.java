package io.loopscope.agent.source;

import io.loopscope.agent.source.PcapngOptions.InterfaceStatistics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToLongFunction;

/** The interfaces of a pcapng file: those of the present section by id, and the names of all. */
final class PcapngInterfaces {
    /** Far above any real capture; a damaged file must not fill the memory. */
    private static final int MOST = 4096;

    private final List<PcapngInterface> section = new ArrayList<>();
    private final Map<Integer, InterfaceStatistics> statistics = new HashMap<>();
    /** Read by other threads. */
    private final List<String> names = new CopyOnWriteArrayList<>();

    private volatile InterfaceStatistics earlierSections = new InterfaceStatistics(0, 0);
    private volatile InterfaceStatistics total = earlierSections;

    /** Interface ids and counters begin again. */
    void startSection() {
        section.clear();
        statistics.clear();
        earlierSections = total;
    }

    /** False when there are too many to be true. */
    boolean add(PcapngOptions options, int linkType, long snapLength) {
        if (section.size() == MOST || names.size() == MOST) {
            return false;
        }
        String name = options.name().isEmpty() ? "interface-" + section.size() : options.name();
        if (!names.contains(name)) {
            names.add(name);
        }
        section.add(new PcapngInterface(names.indexOf(name), name, linkType, snapLength, options.clock()));
        return true;
    }

    int inSection() {
        return section.size();
    }

    PcapngInterface get(int id) {
        return section.get(id);
    }

    /** Counters only grow, so the latest block of an interface replaces the ones before. */
    void record(PcapngInterface of, InterfaceStatistics counters) {
        statistics.put(of.index(), counters);
        total = new InterfaceStatistics(
                earlierSections.kernelDropped() + sum(InterfaceStatistics::kernelDropped),
                earlierSections.interfaceDropped() + sum(InterfaceStatistics::interfaceDropped));
    }

    private long sum(ToLongFunction<InterfaceStatistics> counter) {
        return statistics.values().stream().mapToLong(counter).sum();
    }

    long kernelDropped() {
        return total.kernelDropped();
    }

    long interfaceDropped() {
        return total.interfaceDropped();
    }

    List<String> names() {
        return List.copyOf(names);
    }
}
