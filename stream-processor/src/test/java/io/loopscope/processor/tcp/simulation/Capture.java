package io.loopscope.processor.tcp.simulation;

import io.loopscope.processor.tcp.simulation.Trace.Sent;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/** What a capture gets to see of a run. */
final class Capture {

    private final Predicate<Sent> sees;
    private final boolean fromTheStart;
    private final boolean lossless;

    private Capture(Predicate<Sent> sees, boolean fromTheStart, boolean lossless) {
        this.sees = sees;
        this.fromTheStart = fromTheStart;
        this.lossless = lossless;
    }

    /** First family: everything. */
    static Capture whole() {
        return new Capture(sent -> true, true, true);
    }

    /** Second family: some segments are missing, one by one, in bursts, or of one kind only. */
    static Capture lossy(long seed, int segments) {
        var random = new SplittableRandom(seed * 31 + 1);
        int percent = new int[] {1, 5, 20, 50}[random.nextInt(4)];
        int burst = new int[] {1, 1, 3, 10}[random.nextInt(4)];
        boolean[] lost = new boolean[segments];
        for (int i = 0; i < segments; i++) {
            if (random.nextInt(100 * burst) < percent) {
                for (int j = i; j < Math.min(segments, i + burst); j++) {
                    lost[j] = true;
                }
            }
        }
        int kind = random.nextInt(6);
        return new Capture(sent -> !lost[sent.number()] || spared(kind, sent.packet()), false, false);
    }

    private static boolean spared(int kind, Packet packet) {
        return switch (kind) {
            case 0 -> packet.length() == 0; // only what carries something is lost
            case 1 -> packet.syn() || packet.fin() || packet.rst(); // control segments are the last thing to be shed
            case 2 -> !packet.syn() && !packet.fin() && !packet.rst();
            default -> false;
        };
    }

    /** Third family: it begins in mid-stream. */
    static Capture late(long seed, int segments) {
        int from = segments == 0 ? 0 : new SplittableRandom(seed * 31 + 2).nextInt(segments);
        return new Capture(sent -> sent.number() >= from, from == 0, true);
    }

    boolean sees(Sent sent) {
        return sees.test(sent);
    }

    /** Nothing is missing since the first segment of the run. */
    boolean fromTheStart() {
        return fromTheStart;
    }

    /** Nothing is missing between its first segment and its last. */
    boolean lossless() {
        return lossless;
    }

    /** Nothing of the latest incarnation is missing, and nothing before it that matters. */
    boolean complete(int latest, int firstSeen) {
        return lossless && (fromTheStart || latest > firstSeen);
    }
}
