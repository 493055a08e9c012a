package io.loopscope.agent.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FidelityByPortTest {
    private final FidelityByPort lookup = new FidelityByPort(
            Fidelity.COALESCED,
            Map.of(
                    Fidelity.ALL, Set.of(80),
                    Fidelity.COALESCED, Set.of(81),
                    Fidelity.CONTROL, Set.of(82, 65_535)));

    @Test
    void thePortThatIsNamedDecidesAtEitherEnd() {
        assertThat(lookup.of(40_000, 80)).isEqualTo(Fidelity.ALL);
        assertThat(lookup.of(82, 40_000)).isEqualTo(Fidelity.CONTROL);
        assertThat(lookup.of(40_000, 65_535)).isEqualTo(Fidelity.CONTROL);
        assertThat(lookup.of(0, 40_000)).isEqualTo(Fidelity.COALESCED);
    }

    @Test
    void theRicherWinsWhenBothAreNamed() {
        assertThat(lookup.of(82, 80)).isEqualTo(Fidelity.ALL);
        assertThat(lookup.of(80, 81)).isEqualTo(Fidelity.ALL);
        assertThat(lookup.of(82, 81)).isEqualTo(Fidelity.COALESCED);
    }

    @Test
    void itSaysWhatItWasMadeOf() {
        assertThat(lookup.portsOf(Fidelity.CONTROL)).containsExactly(82, 65_535);
        assertThat(FidelityByPort.always(Fidelity.ALL).uses(Fidelity.CONTROL)).isFalse();
        assertThat(FidelityByPort.always(Fidelity.ALL).uses(Fidelity.ALL)).isTrue();
        assertThat(lookup.uses(Fidelity.CONTROL)).isTrue();
    }

    @Test
    void aPortHasOneFidelity() {
        assertThatThrownBy(() ->
                        new FidelityByPort(Fidelity.ALL, Map.of(Fidelity.ALL, Set.of(1), Fidelity.CONTROL, Set.of(1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("port 1");
    }
}
