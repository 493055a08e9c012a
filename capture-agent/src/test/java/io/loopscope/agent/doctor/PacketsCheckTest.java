package io.loopscope.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.doctor.Finding.Outcome;
import io.loopscope.agent.parse.LinkType;
import io.loopscope.agent.parse.TcpFlags;
import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.Packet;
import io.loopscope.agent.source.ScriptedSource;
import io.loopscope.agent.source.SourceStatistics;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PacketsCheckTest {
    private static final Duration ATMOST = Duration.ofSeconds(3);
    private static final Instant BEGAN = Instant.parse("2026-11-22T12:00:00Z");
    private static final Instant ENDED = BEGAN.plusMillis(5);
    private static final long BEGAN_NS = Trial.nanos(BEGAN);
    private static final Probe PROBE = new Probe(InetAddress.getLoopbackAddress(), 40_000, 50_000);
    private static final Choice ALL = new Choice(segment -> true, Set.of(), Set.of());
    private static final Choice NONE = new Choice(segment -> false, Set.of(), Set.of());
    private static final int ETHERNET_HEADER = 14;

    @Test
    void aConnectionOfItsOwnIsOpenedUsedAndClosed() throws IOException {
        Probe probe = Probe.send(InetAddress.getLoopbackAddress());

        assertThat(probe.client()).isNotEqualTo(probe.server()).isPositive();
    }

    @Test
    void theProbeThatIsSeenWhollyIsFine() throws CaptureException {
        Finding finding = PacketsCheck.judge(trial(whole(), whole()), ALL, false, ATMOST);

        assertThat(finding.outcome()).isEqualTo(Outcome.OK);
        assertThat(finding.saw()).isEqualTo("saw 4 segments, 4 of them of its own probe over loopback");
    }

    @Test
    void aProbeThatIsSeenInPartIsAWarning() throws CaptureException {
        Finding finding = PacketsCheck.judge(trial(sighting(syn(BEGAN_NS)), whole()), ALL, false, ATMOST);

        assertThat(finding.outcome()).isEqualTo(Outcome.WARNING);
        assertThat(finding.saw()).contains("saw 1 segments", "another capture saw 4");
    }

    @Test
    void nothingSeenAsSetIsAFailureThatNamesFilterAndInterface() throws CaptureException {
        Finding finding = PacketsCheck.judge(trial(sighting(), whole()), NONE, false, ATMOST);

        assertThat(finding.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(finding.remedy()).contains("agent.filter", "agent.interface");
    }

    @Test
    void nothingSeenOfAnIdleServerIsAWarning() throws CaptureException {
        Finding finding = PacketsCheck.judge(trial(sighting(), whole()), NONE, true, ATMOST);

        assertThat(finding.outcome()).isEqualTo(Outcome.WARNING);
    }

    @Test
    void othersTrafficThroughTheFilterIsFine() throws CaptureException {
        SampleSegment foreign = segment(3306, 41_000, TcpFlags.ACK);

        Finding finding = PacketsCheck.judge(trial(sighting(at(BEGAN_NS, foreign)), whole()), NONE, false, ATMOST);

        assertThat(finding.outcome()).isEqualTo(Outcome.OK);
        assertThat(finding.saw()).contains("saw 1 segments as set");
    }

    @Test
    void nothingSeenAtAllIsAFailure() throws CaptureException {
        Finding finding = PacketsCheck.judge(trial(sighting(), sighting()), ALL, true, ATMOST);

        assertThat(finding.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(finding.saw()).contains("no segment of that was captured");
    }

    @Test
    void segmentsOfPortsThatAreLeftOutDoNotCount() throws CaptureException {
        Sighting sighting = new Sighting(List.of(PROBE), (source, destination) -> source != PROBE.client());
        fill(sighting, syn(BEGAN_NS));

        assertThat(sighting.segments()).isZero();
    }

    @Nested
    class Drops {
        @Test
        void noneIsFine() {
            assertThat(DropsCheck.judge(new SourceStatistics(9, 0, 0), 4096).saw())
                    .isEqualTo("none of 9 packets was dropped");
        }

        @Test
        void someAreAWarningWithALargerBuffer() {
            Finding finding = DropsCheck.judge(new SourceStatistics(9, 3, 1, 2), 4096);

            assertThat(finding.outcome()).isEqualTo(Outcome.WARNING);
            assertThat(finding.saw())
                    .contains("3 packets were dropped by the kernel and 1 by the interface")
                    .endsWith("its buffer was full 2 times");
            assertThat(finding.remedy()).contains("agent.buffer.bytes: 16384");
        }

        @Test
        void withoutACaptureThereIsNothingToTell() {
            assertThat(new DropsCheck(Optional::empty, 1).look().outcome()).isEqualTo(Outcome.SKIPPED);
        }
    }

    @Nested
    class Clocks {
        @Test
        void packetsStampedWhileTheyWereSentAreFine() throws CaptureException {
            assertThat(ClockCheck.judge(trial(whole(), whole())).outcome()).isEqualTo(Outcome.OK);
        }

        @Test
        void packetsStampedByAnotherClockAreAFailure() throws CaptureException {
            Sighting hourLate = sighting(syn(BEGAN_NS + Duration.ofHours(1).toNanos()));

            Finding finding = ClockCheck.judge(trial(hourLate, hourLate));

            assertThat(finding.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(finding.saw()).contains("2026-11-22T13:00:00Z");
        }

        @Test
        void timesThatGoBackAreAWarning() throws CaptureException {
            Sighting back = sighting(syn(BEGAN_NS + 5_000_000), syn(BEGAN_NS + 1_000_000));

            assertThat(ClockCheck.judge(trial(back, back)).outcome()).isEqualTo(Outcome.WARNING);
        }

        @Test
        void aStepOfTheClockIsAWarning() {
            AtomicLong monotonic = new AtomicLong();
            Clock steady = Clock.fixed(BEGAN, ZoneOffset.UTC);
            ClockCheck check = new ClockCheck(Optional::empty, steady, monotonic::get);
            monotonic.set(Duration.ofSeconds(2).toNanos());

            Finding finding = check.look();

            assertThat(finding.outcome()).isEqualTo(Outcome.WARNING);
            assertThat(finding.saw()).contains("stepped by -2000 ms within 2000 ms");
        }

        @Test
        void aClockThatWasNeverSetIsAFailure() {
            Clock epoch = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

            assertThat(new ClockCheck(Optional::empty, epoch, () -> 0).look().outcome())
                    .isEqualTo(Outcome.FAILED);
        }
    }

    private record Stamped(long timeNs, SampleSegment segment) {}

    private static Trial trial(Sighting asSet, Sighting reference) {
        return new Trial(List.of(PROBE), asSet, reference, BEGAN, ENDED);
    }

    private static Sighting whole() throws CaptureException {
        return sighting(
                syn(BEGAN_NS),
                at(BEGAN_NS + 1_000, segment(PROBE.server(), PROBE.client(), TcpFlags.SYN | TcpFlags.ACK)),
                at(BEGAN_NS + 2_000, segment(PROBE.client(), PROBE.server(), TcpFlags.FIN | TcpFlags.ACK)),
                at(BEGAN_NS + 3_000, segment(PROBE.server(), PROBE.client(), TcpFlags.FIN | TcpFlags.ACK)));
    }

    private static Stamped syn(long timeNs) {
        return at(timeNs, segment(PROBE.client(), PROBE.server(), TcpFlags.SYN));
    }

    private static Stamped at(long timeNs, SampleSegment segment) {
        return new Stamped(timeNs, segment);
    }

    private static SampleSegment segment(int source, int destination, int flags) {
        return new SampleSegment(false, source, destination, flags);
    }

    private static Sighting sighting(Stamped... packets) throws CaptureException {
        Sighting sighting = new Sighting(List.of(PROBE), (source, destination) -> true);
        fill(sighting, packets);
        return sighting;
    }

    private static void fill(Sighting sighting, Stamped... packets) throws CaptureException {
        try (ScriptedSource source = new ScriptedSource()) {
            Packet packet = new Packet();
            for (Stamped each : packets) {
                byte[] octets = each.segment().octets(LinkType.ETHERNET);
                source.packet(Arrays.copyOfRange(octets, ETHERNET_HEADER, octets.length), each.timeNs());
                source.next(packet);
                sighting.add(packet);
            }
            sighting.count(source.statistics());
        }
    }
}
