package io.loopscope.processor.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpSettings;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Counting within an interval, percentiles, ids and words. */
class NumbersTest {

    @Test
    void countsWithinTheIntervalOnly() {
        SlidingCount count = new SlidingCount(120);
        count.add(1000, 1);
        count.add(1050, 2);
        assertThat(count.sum(1100)).isEqualTo(3);
        assertThat(count.sum(1120)).isEqualTo(2);
        assertThat(count.sum(1169)).isEqualTo(2);
        assertThat(count.sum(1170)).isZero();
    }

    @Test
    void longPauseEmptiesTheCount() {
        SlidingCount count = new SlidingCount(120);
        count.add(1000, 5);
        count.add(1_000_000_000_000L, 1);
        assertThat(count.sum(1_000_000_000_000L)).isEqualTo(1);
    }

    @Test
    void lateEventCountsAsNow() {
        SlidingCount count = new SlidingCount(120);
        count.add(2000, 1);
        count.add(1000, 1);
        assertThat(count.sum(2000)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(longs = {2_000, 50_000, 1_000_000, 99_000_000, 100_000_000, 5_000_000_000L, 600_000_000_000L})
    void percentileIsExactToAQuarter(long nanos) {
        LatencyHistogram histogram = new LatencyHistogram();
        for (int i = 0; i < 99; i++) {
            histogram.add(nanos);
        }
        histogram.add(4_000_000_000_000L);
        assertThat((double) histogram.percentile(0.99)).isCloseTo((double) nanos, Percentage.withPercentage(25));
        assertThat(histogram.percentile(0.99)).isGreaterThanOrEqualTo(nanos);
        assertThat(histogram.total()).isEqualTo(100);
    }

    @Test
    void extremesStayInTheHistogram() {
        LatencyHistogram histogram = new LatencyHistogram();
        histogram.add(-1);
        histogram.add(0);
        histogram.add(Long.MAX_VALUE);
        assertThat(histogram.total()).isEqualTo(3);
        assertThat(histogram.percentile(0.5)).isLessThan(2_000);
        histogram.clear();
        assertThat(histogram.percentile(0.99)).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 ms",
        "40000000, 40 ms",
        "999999999, 999 ms",
        "1000000000, 1 s",
        "2540000000, 2.5 s",
        "63900000000, 63 s",
        "120000000000, 2 min",
        "725000000000, 12 min 5 s",
        "7200000000000, 2 h",
        "12000000000000, 3 h 20 min",
        "-5, 0 ms"
    })
    void durationsReadWell(long nanos, String words) {
        assertThat(Words.duration(nanos)).isEqualTo(words);
    }

    @Test
    void countsAndSharesReadWell() {
        assertThat(Words.count(1, "segment")).isEqualTo("1 segment");
        assertThat(Words.count(2, "segment")).isEqualTo("2 segments");
        assertThat(Words.percent(0.012)).isEqualTo("1.2 %");
        assertThat(Words.percent(0.9)).isEqualTo("90 %");
    }

    @Test
    void idsDifferInEverythingTheyName() {
        Listener listener = new Listener(0, Scene.LOOPBACK, 80);
        assertThat(new String[] {
                    Ids.connection("a", Scene.tuple(1), 1),
                    Ids.connection("b", Scene.tuple(1), 1),
                    Ids.connection("a", Scene.tuple(2), 1),
                    Ids.connection("a", Scene.tuple(1), 2),
                    Ids.anomaly(AnomalyName.RESET, "x", Side.LOW),
                    Ids.anomaly(AnomalyName.RESET, "x", Side.HIGH),
                    Ids.anomaly(AnomalyName.HALF_OPEN, "x", Side.LOW),
                    Ids.anomaly(AnomalyName.RESET, "a", listener, false),
                    Ids.anomaly(AnomalyName.RESET, "a", listener, true),
                    Ids.anomaly(AnomalyName.RESET, "b", listener, true),
                    Ids.anomaly(AnomalyName.RESET, "a", 0),
                    Ids.anomaly(AnomalyName.RESET, "a", 1)
                })
                .doesNotHaveDuplicates()
                .allMatch(id -> id.matches("[a-z2-7]{16}"));
    }

    @Test
    void confidenceFallsWithWhatIsNotKnown() {
        HostContext host = new HostContext("a", 0, DetectorSettings.defaults(), TcpSettings.DEFAULT);
        assertThat(host.confidence(Evidence.WIRE, 100, false)).isEqualTo(0.95);
        assertThat(host.confidence(Evidence.WIRE, 100, true)).isCloseTo(0.76, within(0.001));
        host.lost(99);
        host.back(99);
        assertThat(host.confidence(Evidence.WIRE, 100, false)).as("both before").isEqualTo(0.95);
        host.lost(100);
        assertThat(host.confidence(Evidence.WIRE, 100, false)).isLessThan(0.7);
        double withLoss = host.confidence(Evidence.WIRE, 100, false);
        host.back(150);
        assertThat(host.confidence(Evidence.WIRE, 100, false)).isLessThan(withLoss);
    }
}
