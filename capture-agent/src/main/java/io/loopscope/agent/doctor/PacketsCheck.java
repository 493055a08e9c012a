package io.loopscope.agent.doctor;

import io.loopscope.agent.AgentSettings;
import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.CaptureInterface;
import io.loopscope.agent.source.FilterProgram;
import io.loopscope.settings.ExitCode;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Whether packets are seen: connects to itself over loopback and looks for that. */
final class PacketsCheck implements Check {
    private final AgentSettings settings;
    private final Supplier<SortedSet<Integer>> listening;
    private final Duration atMost;
    private final Clock clock;
    private @Nullable Trial trial;

    PacketsCheck(AgentSettings settings, Supplier<SortedSet<Integer>> listening, Duration atMost, Clock clock) {
        this.settings = settings;
        this.listening = listening;
        this.atMost = atMost;
        this.clock = clock;
    }

    @Override
    public Finding look() {
        try (FilterProgram program = FilterProgram.compile(settings.capture().filter())) {
            Choice choice = FilterCheck.choice(settings, program);
            Trial seen = Trial.run(settings.capture(), choice, atMost, clock);
            trial = seen;
            boolean idle =
                    CaptureInterface.choose(settings.capture().interfaceName()).loopback()
                            && listening.get().stream().anyMatch(port -> choice.ofServer(port) == Choice.Share.ALL);
            return judge(seen, choice, idle, atMost);
        } catch (CaptureException e) {
            return Finding.failed(Subject.PACKETS, e);
        } catch (IOException e) {
            return Finding.failed(
                    Subject.PACKETS,
                    "loopback does not carry a connection of this process with itself: " + e.getMessage(),
                    "Look for a firewall and for missing addresses: ip address show lo; iptables -L INPUT -n",
                    ExitCode.FAILURE);
        }
    }

    /** What was seen; empty when the check was not made or came to nothing. */
    Optional<Trial> trial() {
        return Optional.ofNullable(trial);
    }

    /**
     * Judges what was seen.
     *
     * @param idle whether nothing seen may just mean that the servers that were chosen have nothing to do
     */
    static Finding judge(Trial trial, Choice choice, boolean idle, Duration atMost) {
        Sighting asSet = trial.asSet();
        Sighting reference = trial.reference();
        if (asSet.probeSegments() > 0) {
            return ofProbe(asSet, reference, isWhole(trial, choice));
        }
        if (reference.probeSegments() == 0) {
            return Finding.failed(
                    Subject.PACKETS,
                    "this process has connected to itself over loopback, and no segment of that was captured within %ds"
                            .formatted(atMost.toSeconds()),
                    "Compare with: tcpdump -ni lo tcp; then tell the Loopscope project.",
                    ExitCode.FAILURE);
        }
        String without = "%d segments of its own on the loopback interface".formatted(reference.probeSegments());
        if (asSet.segments() > 0) {
            return Finding.ok(
                    Subject.PACKETS,
                    "saw %d segments as set; the filter or the interface leaves out %s"
                            .formatted(asSet.segments(), without));
        }
        String saw = "as set, nothing was seen within %ds; without filter %s".formatted(atMost.toSeconds(), without);
        if (idle) {
            return Finding.warning(
                    Subject.PACKETS,
                    saw,
                    "The servers that the filter lets through were idle. Make some traffic; --seconds waits longer.");
        }
        return Finding.failed(
                Subject.PACKETS,
                saw,
                "No traffic matches now. Change agent.filter (--filter) or agent.interface (--interface), or make some"
                        + " traffic; --seconds waits longer.",
                ExitCode.FAILURE);
    }

    private static boolean isWhole(Trial trial, Choice choice) {
        return trial.probes().stream().allMatch(probe -> choice.of(probe.client(), probe.server()) == Choice.Share.ALL);
    }

    private static Finding ofProbe(Sighting asSet, Sighting reference, boolean expected) {
        String saw = "saw %d segments, %d of them of its own probe over loopback"
                .formatted(asSet.segments(), asSet.probeSegments());
        if (!expected || asSet.hasAllProbes()) {
            return Finding.ok(Subject.PACKETS, saw);
        }
        return Finding.warning(
                Subject.PACKETS,
                "%s, where another capture saw %d".formatted(saw, reference.probeSegments()),
                "Segments are lost: look at drops below.");
    }
}
