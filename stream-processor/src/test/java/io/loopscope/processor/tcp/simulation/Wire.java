package io.loopscope.processor.tcp.simulation;

import io.loopscope.processor.tcp.Side;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Carries segments from one kernel to the other. Each is captured when it is sent, as on {@code lo}; what becomes of it
 * afterwards is decided by its number and the seed alone, so leaving an action out changes little else.
 */
final class Wire {

    private final Scenario scenario;
    private final Timeline timeline;
    private final Trace trace;
    private final long startNanos;
    private final Map<Side, Kernel> kernels = new EnumMap<>(Side.class);
    private final Map<Side, Long> lastArrival = new EnumMap<>(Side.class);
    private int count;
    private int inFlight;
    private long lastCapture;

    Wire(Scenario scenario, Timeline timeline, Trace trace) {
        this.scenario = scenario;
        this.timeline = timeline;
        this.trace = trace;
        this.startNanos = timeline.now();
    }

    void connect(Kernel kernel) {
        kernels.put(kernel.side, kernel);
    }

    int inFlight() {
        return inFlight;
    }

    void transmit(Packet packet) {
        int number = count++;
        // A capturing kernel's clock has nanoseconds: no two segments have the same.
        lastCapture = Math.max(timeline.now(), lastCapture + 1);
        boolean lost = blackedOut(packet.sender());
        var random = new SplittableRandom(scenario.seed() * 0x9E3779B97F4A7C15L + number);
        NetworkSettings network = scenario.network();
        boolean unlucky = scenario.mayMistreat(number);
        lost |= unlucky && random.nextInt(100) < network.lossPercent();
        boolean overtaken = unlucky && random.nextInt(100) < network.reorderPercent();
        boolean doubled = unlucky && random.nextInt(100) < network.duplicatePercent();
        trace.sent(packet, lastCapture, number, lost, lost || overtaken || doubled);
        if (!lost) {
            deliver(packet, overtaken ? lag(random) : 0);
        }
        if (doubled) {
            deliver(packet, lag(random));
        }
    }

    private long lag(SplittableRandom random) {
        return 1 + random.nextLong(scenario.network().lagNanos());
    }

    private boolean blackedOut(Side sender) {
        long at = timeline.now() - startNanos;
        return scenario.network().blackouts().stream()
                .anyMatch(dark -> (sender == Side.LOW ? dark.low() : dark.high())
                        && at >= dark.fromNanos()
                        && at < dark.toNanos());
    }

    private void deliver(Packet packet, long lagNanos) {
        Side receiver = packet.sender().peer();
        long at = timeline.now() + scenario.network().delayNanos();
        if (lagNanos > 0) {
            at += lagNanos;
        } else {
            at = Math.max(at, lastArrival.getOrDefault(receiver, 0L));
            lastArrival.put(receiver, at);
        }
        inFlight++;
        timeline.at(at, () -> {
            inFlight--;
            kernels.get(receiver).arrives(packet);
        });
    }
}
