package io.loopscope.agent.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RingGeometryTest {
    private static final int PAGE = 4096;

    @Test
    void theBufferIsCutIntoBlocksOfTheSizeThatIsWished() {
        RingGeometry geometry = RingGeometry.of(4 * 1024 * 1024, 256 * 1024, 128, PAGE);
        assertThat(geometry).isEqualTo(new RingGeometry(256 * 1024, 16));
        assertThat(geometry.octets()).isEqualTo(4 * 1024 * 1024);
    }

    @Test
    void aSmallBufferHasSmallBlocksBecauseFourAreNeeded() {
        assertThat(RingGeometry.of(64 * 1024, 256 * 1024, 128, PAGE)).isEqualTo(new RingGeometry(16 * 1024, 4));
    }

    @Test
    void aBlockHoldsAPacketOfWholeSnapshotLength() {
        RingGeometry geometry = RingGeometry.of(1024 * 1024, 4096, 65_535, PAGE);
        assertThat(geometry.blockOctets()).isBetween(RingBlocks.octetsForPacket(65_535), 68 * 1024);
        assertThat(geometry.octets()).isLessThanOrEqualTo(1024 * 1024);
        assertThat(RingGeometry.of(64 * 1024, 4096, 262_144, PAGE).blocks()).isEqualTo(4);
    }

    @Test
    void blocksAreWholePagesHoweverLargeThoseAre() {
        assertThat(RingGeometry.of(4 * 1024 * 1024, 100_000, 128, 65_536)).isEqualTo(new RingGeometry(131_072, 32));
        assertThat(RingGeometry.of(65_536, 4096, 128, 65_536)).isEqualTo(new RingGeometry(65_536, 4));
    }

    @Test
    void theLargestBufferThatCanBeSetFits() {
        assertThat(RingGeometry.of(1 << 30, 16 * 1024 * 1024, 262_144, PAGE).octets())
                .isEqualTo(1 << 30);
    }
}
