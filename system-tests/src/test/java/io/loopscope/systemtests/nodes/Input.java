package io.loopscope.systemtests.nodes;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;

/**
 * What agents on many hosts send: the same at every call with the same seed, in every process.
 *
 * @param records of all hosts, each host's in its agent's order
 */
record Input(List<Timed> records) {
    static final int HOSTS = 16;

    /**
     * A record and when its agent makes it.
     *
     * @param timeNs on its host, nanoseconds since 1970
     */
    record Timed(long timeNs, String hostId, SpecificRecord value) {}

    static Input of(long seed) {
        return new Input(IntStream.range(0, HOSTS)
                .mapToObj(host -> HostRecords.of(host, seed * 1_000 + host))
                .flatMap(List::stream)
                .sorted(Comparator.comparingLong(Timed::timeNs)) // stable: a host's order stays
                .toList());
    }

    static String hostId(int host) {
        return "host-" + host;
    }

    /** What one of several agents has to send: all of every {@code agents}-th host. */
    Input share(int agent, int agents) {
        List<Timed> mine = new ArrayList<>(records);
        mine.removeIf(record -> Integer.parseInt(record.hostId().substring("host-".length())) % agents != agent);
        return new Input(mine);
    }
}
