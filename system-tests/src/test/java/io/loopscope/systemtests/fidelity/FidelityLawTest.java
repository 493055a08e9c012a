package io.loopscope.systemtests.fidelity;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.track.Fidelity;
import io.loopscope.processor.tcp.simulation.SimulatedCapture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The law of coalescing: states, transitions, closings, counts and anomalies are the same whether every segment is told or
 * runs of them.
 */
class FidelityLawTest {
    private static final int SEEDS = Integer.getInteger("loopscope.fidelity.seeds", 150);
    private static final int CONNECTIONS = 6;
    private static final Path CAPTURES = Path.of("../deploy/standalone/src/test/resources/captures");

    @ParameterizedTest
    @EnumSource
    void simulatedConnectionsHaveTheSameStory(SimulatedCapture capture) {
        List<String> broken = new ArrayList<>();
        List<String> states = new ArrayList<>();
        long segments = 0;
        long items = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            List<Captured> captured = Captured.simulated(capture, seed, CONNECTIONS);
            Story all = FidelityRun.of(Fidelity.ALL, captured);
            Story coalesced = FidelityRun.of(Fidelity.COALESCED, captured);
            segments += captured.size();
            items += coalesced.items();
            if (!all.differencesTo(coalesced).isEmpty()) {
                broken.add("seed " + seed + ": " + String.join("\n", all.differencesTo(coalesced)));
            }
            states.addAll(all.stateDifferencesTo(coalesced));
        }
        assertThat(states).isEmpty();
        // What was lost must be guessed, and with fewer points in time a guess may be another.
        int tolerated = capture == SimulatedCapture.LOSSY ? SEEDS / 50 : 0;
        assertThat(broken).as("%s of %s seeds", broken.size(), SEEDS).hasSizeLessThanOrEqualTo(tolerated);
        // Nothing would be proved if nothing had been merged.
        assertThat(items).isLessThan(segments * 9 / 10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"leak-13306.pcap", "mysql-13306.pcap"})
    void aRealCaptureHasTheSameStory(String file) throws CaptureException {
        List<Captured> captured = Captured.of(CAPTURES.resolve(file));
        Story all = FidelityRun.of(Fidelity.ALL, captured);
        Story coalesced = FidelityRun.of(Fidelity.COALESCED, captured);
        assertThat(all.differencesTo(coalesced)).isEmpty();
        assertThat(all.size()).isPositive();
        assertThat(all.items()).isEqualTo(captured.size());
        assertThat(coalesced.items()).isLessThanOrEqualTo(all.items());
    }

    /** As a capture of several interfaces may. Only how many copies there were is known less well with runs. */
    @ParameterizedTest
    @ValueSource(strings = {"leak-13306.pcap", "mysql-13306.pcap"})
    void aCaptureThatSeesEveryPacketTwiceHasTheSameStatesAndAnomalies(String file) throws CaptureException {
        assertTwiceIsTheSame(Captured.of(CAPTURES.resolve(file)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void simulatedConnectionsSeenTwiceHaveTheSameStatesAndAnomalies(long seed) {
        assertTwiceIsTheSame(Captured.simulated(SimulatedCapture.WHOLE, seed, CONNECTIONS));
    }

    private static void assertTwiceIsTheSame(List<Captured> once) {
        List<Captured> twice = once.stream()
                .flatMap(segment -> Stream.of(segment, new Captured(segment.header(), segment.timeNs() + 100)))
                .toList();
        Story all = FidelityRun.of(Fidelity.ALL, twice);
        Story coalesced = FidelityRun.of(Fidelity.COALESCED, twice);
        assertThat(all.differencesBesidesNumbersTo(coalesced)).isEmpty();
        assertThat(all.size()).isPositive();
    }

    /** {@code -Dloopscope.fidelity.captures=FOLDER} compares all captures there. */
    @Test
    @EnabledIfSystemProperty(named = "loopscope.fidelity.captures", matches = ".+")
    void theCapturesOfAFolderHaveTheSameStory() throws IOException {
        List<String> broken = new ArrayList<>();
        long segments = 0;
        long items = 0;
        for (Path file : files(Path.of(System.getProperty("loopscope.fidelity.captures")))) {
            List<Captured> captured;
            try {
                captured = Captured.of(file);
            } catch (CaptureException e) {
                System.out.println(file + ": " + e.getMessage());
                continue;
            }
            Story coalesced = FidelityRun.of(Fidelity.COALESCED, captured);
            segments += captured.size();
            items += coalesced.items();
            List<String> differences = FidelityRun.of(Fidelity.ALL, captured).differencesTo(coalesced);
            if (!differences.isEmpty()) {
                broken.add(file.getFileName() + ": " + String.join("\n", differences));
            }
        }
        System.out.println(segments + " segments, " + items + " items");
        assertThat(broken).as("%s files", broken.size()).isEmpty();
        assertThat(items).isLessThan(segments);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().matches(".*\\.(pcap|pcapng|cap)"))
                    .sorted()
                    .toList();
        }
    }
}
