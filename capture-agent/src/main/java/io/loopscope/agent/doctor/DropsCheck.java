package io.loopscope.agent.doctor;

import io.loopscope.agent.source.SourceStatistics;
import java.util.Optional;
import java.util.function.Supplier;

/** Whether the kernel had to drop packets during the trial because its buffer was full. */
final class DropsCheck implements Check {
    private final Supplier<Optional<Trial>> trial;
    private final int bufferOctets;

    DropsCheck(Supplier<Optional<Trial>> trial, int bufferOctets) {
        this.trial = trial;
        this.bufferOctets = bufferOctets;
    }

    @Override
    public Finding look() {
        return trial.get()
                .map(seen -> judge(seen.asSet().statistics(), bufferOctets))
                .orElseGet(() -> Finding.skipped(Subject.DROPS, "nothing was captured"));
    }

    static Finding judge(SourceStatistics statistics, int bufferOctets) {
        long dropped = statistics.kernelDropped() + statistics.interfaceDropped();
        if (dropped == 0) {
            return Finding.ok(Subject.DROPS, "none of %d packets was dropped".formatted(statistics.delivered()));
        }
        String full = statistics.freezes() == 0 ? "" : "; its buffer was full %d times".formatted(statistics.freezes());
        return Finding.warning(
                Subject.DROPS,
                "%d packets were dropped by the kernel and %d by the interface, %d came through%s"
                        .formatted(
                                statistics.kernelDropped(),
                                statistics.interfaceDropped(),
                                statistics.delivered(),
                                full),
                "Give the kernel a larger buffer: agent.buffer.bytes: " + 4L * bufferOctets
                        + "; and narrow agent.filter to the ports that matter.");
    }
}
