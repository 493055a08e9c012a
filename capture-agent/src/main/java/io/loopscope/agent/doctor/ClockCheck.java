package io.loopscope.agent.doctor;

import io.loopscope.settings.ExitCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Whether time runs as timers need it: the clock is set, it was not stepped while the checks ran, and the kernel stamps
 * packets by it and in order.
 */
final class ClockCheck implements Check {
    private static final Instant OLDEST_SANE = Instant.parse("2024-01-01T00:00:00Z");
    private static final Duration STEP = Duration.ofMillis(100);
    /** A packet is stamped by a clock that ticks a little apart from the one that programs read. */
    private static final Duration APART = Duration.ofMillis(20);
    /** CPUs disagree by less than a tenth of this. */
    private static final long DISORDER_NS = 1_000_000;

    private static final String REMEDY = "Let the clock be kept: timedatectl set-ntp true (or chronyd, ntpd)";

    private final Supplier<Optional<Trial>> trial;
    private final Clock clock;
    private final LongSupplier monotonicNs;
    private final Reading began;

    /** Both clocks, as close together as the scheduler allows: within {@code apartNs}. */
    private record Reading(Instant at, long monotonicNs, long apartNs) {}

    /** Measures from now on. */
    ClockCheck(Supplier<Optional<Trial>> trial, Clock clock, LongSupplier monotonicNs) {
        this.trial = trial;
        this.clock = clock;
        this.monotonicNs = monotonicNs;
        began = readBoth();
    }

    private Reading readBoth() {
        long before = monotonicNs.getAsLong();
        Instant at = clock.instant();
        return new Reading(at, before, monotonicNs.getAsLong() - before);
    }

    @Override
    public Finding look() {
        Reading now = readBoth();
        Duration elapsed = Duration.ofNanos(now.monotonicNs() - began.monotonicNs());
        Duration step = Duration.between(began.at(), now.at()).minus(elapsed);
        Duration doubt = Duration.ofNanos(began.apartNs() + now.apartNs());
        if (now.at().isBefore(OLDEST_SANE)) {
            return Finding.failed(
                    Subject.CLOCK, "it says " + now.at() + ", so it was never set", REMEDY, ExitCode.FAILURE);
        }
        if (step.abs().compareTo(STEP.plus(doubt)) > 0) {
            return Finding.warning(
                    Subject.CLOCK,
                    "it was stepped by %d ms within %d ms".formatted(step.toMillis(), elapsed.toMillis()),
                    REMEDY + "; timers of connections follow each step.");
        }
        return trial.get()
                .filter(seen -> seen.reference().probeSegments() > 0)
                .map(ClockCheck::judge)
                .orElseGet(() -> Finding.ok(
                        Subject.CLOCK, "runs evenly; packets' times could not be compared, as none was seen"));
    }

    static Finding judge(Trial trial) {
        Sighting seen = trial.reference();
        Instant first = Instant.EPOCH.plusNanos(seen.firstNs());
        Instant last = Instant.EPOCH.plusNanos(seen.lastNs());
        if (first.isBefore(trial.began().minus(APART))
                || last.isAfter(trial.ended().plus(APART))) {
            return Finding.failed(
                    Subject.CLOCK,
                    "packets sent from %s to %s are stamped %s to %s"
                            .formatted(trial.began(), trial.ended(), first, last),
                    REMEDY,
                    ExitCode.FAILURE);
        }
        if (seen.stepBackNs() > DISORDER_NS) {
            return Finding.warning(
                    Subject.CLOCK,
                    "a packet is stamped %d us before the one ahead of it".formatted(seen.stepBackNs() / 1_000),
                    "The CPUs' clocks disagree: cat /sys/devices/system/clocksource/clocksource0/current_clocksource");
        }
        return Finding.ok(
                Subject.CLOCK,
                "runs evenly; the times of %d packets are in order and agree with it".formatted(seen.probeSegments()));
    }
}
