package io.loopscope.processor.tcp.simulation;

import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.simulation.Action.Verb;
import io.loopscope.processor.tcp.simulation.NetworkSettings.Blackout;
import io.loopscope.processor.tcp.simulation.Scenario.Host;
import io.loopscope.processor.tcp.simulation.Scenario.InitialSequences;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/** Makes a scenario of a seed. Hosts, network and programs are drawn apart, so that calm and wild meet in every way. */
final class ScenarioGenerator {

    private static final long MS = Timeline.MILLISECOND;
    private static final long S = Timeline.SECOND;

    private final long seed;
    private final SplittableRandom random;
    private final List<Action> actions = new ArrayList<>();
    private long at;

    private ScenarioGenerator(long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
    }

    static Scenario of(long seed) {
        return new ScenarioGenerator(seed).generate();
    }

    private Scenario generate() {
        boolean fastOpen = oneIn(8);
        boolean lowAnswers = oneIn(2);
        Host low = host(fastOpen, lowAnswers);
        Host high = host(fastOpen, !lowAnswers);
        int ends = 1 + random.nextInt(4);
        boolean simultaneous = oneIn(8);
        Side server = pick(Side.values());
        if (!simultaneous || oneIn(2)) {
            act(server, Verb.LISTEN, 0);
        }
        if (oneIn(6)) {
            act(server.peer(), Verb.LISTEN, 0);
        }
        for (int i = 0; i < ends; i++) {
            connection(simultaneous, server);
        }
        actions.sort(Comparator.comparingLong(Action::atNanos));
        return new Scenario(seed, low, high, network(), pick(InitialSequences.values()), List.copyOf(actions), null);
    }

    private Host host(boolean fastOpen, boolean mayAnswer) {
        boolean keepalive = oneIn(5);
        var kernel = new KernelSettings(
                pick(500, 1460, 8960, 32741),
                pick(-1, 0, 2, 7, 7, 14),
                !oneIn(4),
                pick(2000, 8192, 65536, 65536, 1_000_000),
                !oneIn(4),
                !oneIn(3),
                oneIn(3),
                oneIn(3),
                fastOpen,
                !oneIn(3),
                oneIn(2),
                keepalive ? pick(3, 20, 60) * S : 0,
                pick(1, 5) * S,
                pick(2, 4, 9));
        long closes = pick(0L, 0L, 20 * MS, 100 * MS, 5 * S, -1L);
        return new Host(kernel, new ApplicationSettings(closes, mayAnswer && oneIn(2) ? pick(1, 300, 5000) : 0));
    }

    private NetworkSettings network() {
        if (oneIn(4)) {
            return NetworkSettings.LOOPBACK;
        }
        long delay = pick(1000L, 10_000L, MS, 20 * MS, 110 * MS);
        List<Blackout> blackouts = new ArrayList<>();
        while (oneIn(3)) {
            long from = random.nextLong(Math.max(1, at));
            long length = pick(MS, 50 * MS, S, 30 * S, 400 * S);
            int which = random.nextInt(3);
            blackouts.add(new Blackout(from, from + length, which != 1, which != 0));
        }
        return new NetworkSettings(
                pick(0, 0, 2, 10, 30),
                pick(0, 0, 5, 20),
                pick(0, 0, 5, 20),
                delay,
                pick(10_000L, 5 * MS, 100 * MS, 300 * MS),
                List.copyOf(blackouts));
    }

    /** One life of a connection, more or less. */
    private void connection(boolean simultaneous, Side server) {
        Side client = oneIn(12) ? server : server.peer();
        act(client, Verb.OPEN, oneIn(4) ? 100 : 0);
        if (simultaneous) {
            at += pick(0L, 1000L, 10_000L, MS);
            act(client.peer(), Verb.OPEN, 0);
        }
        pause();
        int things = random.nextInt(8);
        boolean wild = oneIn(3);
        for (int i = 0; i < things; i++) {
            if (wild) {
                anything();
            } else {
                act(pick(Side.values()), Verb.SEND, size());
            }
            pause();
        }
        end();
        at += pick(0L, MS, 300 * MS, 2 * S, 20 * S, 70 * S, 200 * S);
    }

    private void end() {
        Side first = pick(Side.values());
        act(
                first,
                pick(
                        Verb.CLOSE,
                        Verb.CLOSE,
                        Verb.CLOSE,
                        Verb.SHUTDOWN,
                        Verb.SEND_AND_CLOSE,
                        Verb.ABORT,
                        Verb.VANISH,
                        Verb.CRASH),
                size());
        if (oneIn(3)) {
            at += pick(0L, 1000L, 100_000L, 50 * MS, 10 * S);
            act(first.peer(), pick(Verb.CLOSE, Verb.CLOSE, Verb.SEND, Verb.SHUTDOWN, Verb.ABORT, Verb.VANISH), size());
        }
        if (oneIn(2)) {
            pause();
            act(first.peer(), pick(Verb.CLOSE, Verb.SEND, Verb.START_READING), size());
        }
        if (oneIn(2)) {
            pause();
            act(first, pick(Verb.CLOSE, Verb.START_READING, Verb.REBOOT), 0);
        }
        if (oneIn(2)) {
            act(first, Verb.REBOOT, 0);
        }
    }

    private void anything() {
        Verb verb = pick(
                Verb.SEND,
                Verb.SEND,
                Verb.SEND,
                Verb.STOP_READING,
                Verb.START_READING,
                Verb.SHUTDOWN,
                Verb.CLOSE,
                Verb.ABORT,
                Verb.VANISH,
                Verb.CRASH,
                Verb.REBOOT,
                Verb.STOP_LISTENING,
                Verb.LISTEN,
                Verb.OPEN,
                Verb.SEND_AND_CLOSE);
        act(pick(Side.values()), verb, size());
    }

    private int size() {
        return pick(1, 10, 100, 1000, 3000, 20_000);
    }

    private void pause() {
        at += switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> random.nextLong(100_000);
            case 2 -> random.nextLong(5 * MS);
            case 3 -> random.nextLong(300 * MS);
            case 4 -> random.nextLong(5 * S);
            default -> random.nextLong(oneIn(5) ? 150 * S : 500 * MS);
        };
    }

    private void act(Side side, Verb wanted, int octets) {
        // What leaves no packet cannot be judged: seldom, or most runs would prove little.
        boolean silent = wanted == Verb.VANISH || wanted == Verb.CRASH;
        Verb verb = silent && !oneIn(4) ? Verb.CLOSE : wanted;
        boolean writes = verb == Verb.SEND || verb == Verb.SEND_AND_CLOSE || verb == Verb.OPEN;
        actions.add(new Action(at, side, verb, writes ? octets : 0));
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    @SafeVarargs
    private <T> T pick(T... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
