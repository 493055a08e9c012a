package io.loopscope.systemtests.nodes;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/** Everything that crosses one host's loopback interface: a pure function of the seed. */
final class HostTraffic {
    /** Time on the host: long enough for a CLOSE-WAIT to become critical by the rules' defaults. */
    static final Duration SPAN = Duration.ofMinutes(7);
    /** When all hosts begin, nanoseconds since 1970. */
    static final long START_NS = 1_790_000_000_000_000_000L;

    private static final List<Plot> SOUND_PLOTS = List.of(Plot.SHORT, Plot.SERVER_CLOSES, Plot.STAYS_OPEN);
    private static final List<Plot> ALL_PLOTS = List.of(Plot.values());
    private static final List<Integer> SERVERS = List.of(3306, 5432, 8080, 13306);
    private static final int FIRST_CLIENT_PORT = 32_768;
    private static final int CONVERSATIONS = 70;
    /** Of ten conversations this many are sound. */
    private static final int SOUND = 6;

    private final Random random;
    private final List<Packet> packets = new ArrayList<>();
    private int nextPort = FIRST_CLIENT_PORT;

    private HostTraffic(Random random) {
        this.random = random;
    }

    /** In the order of their times. */
    static List<Packet> of(long seed) {
        HostTraffic traffic = new HostTraffic(new Random(seed));
        traffic.play();
        return traffic.packets.stream()
                .filter(packet -> packet.timeNs() < START_NS + SPAN.toNanos())
                .sorted(Comparator.comparingLong(Packet::timeNs))
                .toList();
    }

    private void play() {
        for (int i = 0; i < CONVERSATIONS; i++) {
            List<Plot> plots = random.nextInt(10) < SOUND ? SOUND_PLOTS : ALL_PLOTS;
            Plot plot = plots.get(random.nextInt(plots.size()));
            converse(plot, SERVERS.get(random.nextInt(SERVERS.size())), anyTime());
        }
        switch (random.nextInt(4)) {
            case 0 -> crowd(Plot.LEAKS, 14);
            case 1 -> crowd(Plot.REFUSED, 8);
            case 2 -> crowd(Plot.UNANSWERED, 120); // a SYN flood
            default -> {} // nothing special
        }
    }

    /** Many of a kind at one listener within seconds: what is rolled up. */
    private void crowd(Plot plot, int number) {
        long startNs = anyTime() / 2;
        for (int i = 0; i < number; i++) {
            converse(
                    plot,
                    SERVERS.get(0),
                    startNs + random.nextLong(Duration.ofSeconds(10).toNanos()));
        }
    }

    private void converse(Plot plot, int server, long sinceStartNs) {
        plot.play(new Conversation(random, packets, nextPort++, server, START_NS + sinceStartNs));
    }

    private long anyTime() {
        return random.nextLong(SPAN.toNanos() * 3 / 4);
    }
}
