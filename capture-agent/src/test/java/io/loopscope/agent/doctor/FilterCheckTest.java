package io.loopscope.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.doctor.Finding.Outcome;
import io.loopscope.agent.parse.HeaderParser;
import io.loopscope.agent.parse.LinkType;
import io.loopscope.agent.parse.ParseResult;
import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.parse.TcpFlags;
import io.loopscope.settings.ExitCode;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilterCheckTest {
    private static final SortedSet<Integer> LISTENING = new TreeSet<>(List.of(22, 3306));

    @Test
    void allThatIsTcpIsFine() {
        Finding finding = FilterCheck.judge(choice(segment -> true), LISTENING);

        assertThat(finding.outcome()).isEqualTo(Outcome.OK);
        assertThat(finding.saw()).contains("all the 2 listening ports");
    }

    @Test
    void onePortOfSeveralIsFine() {
        assertThat(FilterCheck.judge(choice(port(3306)), LISTENING).saw()).contains("1 of the 2 listening ports");
    }

    @Test
    void oneFamilyIsEnough() {
        assertThat(FilterCheck.judge(choice(SampleSegment::ipv6), LISTENING).outcome())
                .isEqualTo(Outcome.OK);
    }

    @Test
    void aPortThatNobodyListensOnIsAWarning() {
        Finding finding = FilterCheck.judge(choice(port(13306)), LISTENING);

        assertThat(finding.outcome()).isEqualTo(Outcome.WARNING);
        assertThat(finding.saw()).contains("but port 13306");
    }

    @Test
    void whatNeverLetsTcpThroughIsAWrongConfiguration() {
        Finding finding = FilterCheck.judge(choice(segment -> false), LISTENING);

        assertThat(finding.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(finding.exitCode()).isEqualTo(ExitCode.BAD_CONFIGURATION);
    }

    @Test
    void oneDirectionOrSomeFlagsAreHalfAConnection() {
        List<Predicate<SampleSegment>> halves =
                List.of(segment -> segment.destinationPort() == 22, segment -> (segment.flags() & TcpFlags.SYN) != 0);
        for (Predicate<SampleSegment> half : halves) {
            Finding finding = FilterCheck.judge(choice(half), LISTENING);
            assertThat(finding.outcome()).isEqualTo(Outcome.WARNING);
            assertThat(finding.saw()).contains("only some segments", "port 22");
        }
    }

    @Test
    void theListsOfPortsCountLikeTheFilter() {
        Choice others = new Choice(segment -> true, Set.of(7), Set.of());
        Choice excluded = new Choice(segment -> true, Set.of(), Set.of(22, 3306));

        assertThat(FilterCheck.judge(others, LISTENING).outcome()).isEqualTo(Outcome.WARNING);
        assertThat(FilterCheck.judge(excluded, LISTENING).outcome()).isEqualTo(Outcome.WARNING);
        assertThat(new Choice(segment -> true, Set.of(22), Set.of(22)).ofServer(22))
                .isEqualTo(Choice.Share.NONE);
    }

    @ParameterizedTest
    @CsvSource({"1,false", "1,true", "0,false", "0,true"})
    void aSampleIsASegmentThatTheAgentWouldRead(int linkType, boolean ipv6) {
        byte[] octets = new SampleSegment(ipv6, 40_000, 22, TcpFlags.SYN | TcpFlags.ACK).octets(linkType);
        SegmentHeader header = new SegmentHeader();

        ParseResult result =
                new HeaderParser().parse(ByteBuffer.wrap(octets), 0, octets.length, octets.length, linkType, header);

        assertThat(linkType).isIn(LinkType.ETHERNET, LinkType.NULL);
        assertThat(result).isEqualTo(ParseResult.OK);
        assertThat(header.sourcePort()).isEqualTo(40_000);
        assertThat(header.destinationPort()).isEqualTo(22);
        assertThat(header.flags()).isEqualTo(TcpFlags.SYN | TcpFlags.ACK);
        assertThat(header.payloadOctets()).isZero();
    }

    private static Choice choice(Predicate<SampleSegment> filter) {
        return new Choice(filter, Set.of(), Set.of());
    }

    private static Predicate<SampleSegment> port(int port) {
        return segment -> segment.sourcePort() == port || segment.destinationPort() == port;
    }
}
