package io.loopscope.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionTest {
    @ParameterizedTest
    @CsvSource({"a,a,0", "interface,intreface,1", "kitten,sitting,3", "'',abc,3", "abc,'',3", "ca,abc,3"})
    void countsEdits(String a, String b, int expected) {
        assertThat(Suggestion.distance(a, b)).isEqualTo(expected);
    }

    @Test
    void nearestCandidateWins() {
        var known = List.of("agent.interface", "agent.snaplen", "detector.close.wait.stuck");
        assertThat(Suggestion.nearest("agent.intreface", known)).contains("agent.interface");
        assertThat(Suggestion.nearest("detector.closewait.stuck.ms", known)).contains("detector.close.wait.stuck");
        assertThat(Suggestion.nearest("interface", known)).contains("agent.interface");
    }

    @Test
    void nothingIsSuggestedForAStranger() {
        assertThat(Suggestion.nearest("colour", List.of("agent.interface"))).isEmpty();
    }
}
