package io.loopscope.processor.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HolesTest {

    private final Holes holes = new Holes();

    private String all() {
        var text = new StringBuilder();
        for (int i = 0; i < holes.size(); i++) {
            text.append(holes.from(i)).append('-').append(holes.to(i)).append(' ');
        }
        return text.toString().strip();
    }

    @Test
    void middleOfAHoleSplitsIt() {
        holes.add(100, 200);
        assertThat(holes.fill(120, 150)).isEqualTo(30);
        assertThat(all()).isEqualTo("100-120 150-200");
    }

    @Test
    void oneSegmentFillsSeveral() {
        holes.add(100, 110);
        holes.add(120, 130);
        holes.add(140, 150);
        assertThat(holes.fill(105, 145)).isEqualTo(5 + 10 + 5);
        assertThat(all()).isEqualTo("100-105 145-150");
    }

    @Test
    void octetsThatAreNotMissingFillNothing() {
        holes.add(100, 110);
        assertThat(holes.fill(110, 120)).isZero();
        assertThat(holes.fill(90, 100)).isZero();
        assertThat(all()).isEqualTo("100-110");
    }

    @Test
    void countsWhatLiesBetweenTwoNumbers() {
        holes.add(100, 110);
        holes.add(120, 130);
        assertThat(holes.octetsWithin(105, 125)).isEqualTo(10);
        assertThat(holes.countWithin(105, 125)).isEqualTo(2);
        assertThat(holes.countWithin(110, 120)).isZero();
        assertThat(holes.anyFrom(129)).isTrue();
        assertThat(holes.anyFrom(130)).isFalse();
    }

    @Test
    void whatEndsTooFarBackIsForgotten() {
        holes.add(100, 110);
        holes.add(120, 130);
        holes.add(140, 150);
        holes.forgetBefore(130);
        assertThat(all()).isEqualTo("140-150");
        holes.forgetBefore(145);
        assertThat(all()).isEqualTo("140-150");
    }

    @Test
    void lowestIsForgottenWhenThereAreTooMany() {
        for (int i = 0; i <= Holes.LIMIT; i++) {
            holes.add(100 * i, 100 * i + 10);
        }
        assertThat(holes.size()).isEqualTo(Holes.LIMIT);
        assertThat(holes.from(0)).isEqualTo(100);
    }
}
