package io.loopscope.processor.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeqTest {

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 0x7FFF_FFFFL, 0x8000_0000L, 0x8000_0001L, 0xFFFF_FFFEL, 0xFFFF_FFFFL})
    void orderHoldsAcrossBothWraps(long number) {
        int here = Seq.of(number);
        int next = Seq.of(number + 1);
        assertThat(Seq.before(here, next)).isTrue();
        assertThat(Seq.before(next, here)).isFalse();
        assertThat(Seq.before(here, here)).isFalse();
        assertThat(Seq.after(next, here)).isTrue();
        assertThat(Seq.after(here, here)).isFalse();
        assertThat(Seq.atOrBefore(here, here)).isTrue();
        assertThat(Seq.atOrAfter(here, next)).isFalse();
        assertThat(Seq.later(here, next)).isEqualTo(next);
        assertThat(Seq.later(next, here)).isEqualTo(next);
        assertThat(Seq.distance(here, Seq.of(number + 70_000))).isEqualTo(70_000);
        assertThat(Seq.toUnsigned(here)).isEqualTo(number);
    }
}
