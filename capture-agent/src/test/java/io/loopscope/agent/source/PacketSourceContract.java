package io.loopscope.agent.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.parse.HeaderParser;
import io.loopscope.agent.parse.ParseResult;
import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.parse.TcpFlags;
import io.loopscope.agent.source.PacketSource.Next;
import io.loopscope.agent.testing.Exchange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every {@link PacketSource} keeps. A subclass says where one {@link Exchange} is to be seen. */
public abstract class PacketSourceContract {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long DISORDER_NS = 1_000_000;

    /** A source with a snapshot length of 128 that sees one exchange, and the times between which it happens. */
    public record Scene(PacketSource source, int serverPort, long earliestNs, long latestNs) {}

    /** Opens a source and makes the exchange happen, before or after. */
    protected abstract Scene play() throws Exception;

    /** One TCP packet as the source told it. */
    private record Seen(SegmentHeader header, long timeNs, int captured, int onWire, int interfaceIndex) {}

    @Test
    void segmentsComeInTheOrderOfTheirConversation() throws Exception {
        Scene scene = play();
        try (PacketSource source = scene.source()) {
            List<Seen> seen = conversation(scene);
            assertThat(seen.get(0).header().flags() & (TcpFlags.SYN | TcpFlags.ACK))
                    .isEqualTo(TcpFlags.SYN);
            assertThat(seen.get(1).header().flags() & (TcpFlags.SYN | TcpFlags.ACK))
                    .isEqualTo(TcpFlags.SYN | TcpFlags.ACK);
            assertThat(seen.get(2).header().acknowledgment())
                    .isEqualTo(seen.get(1).header().sequence() + 1 & 0xffff_ffffL);
            assertThat(source.statistics().delivered()).isGreaterThanOrEqualTo(seen.size());
        }
    }

    @Test
    void payloadIsWholeWhateverTheSnapshotLength() throws Exception {
        Scene scene = play();
        try (PacketSource source = scene.source()) {
            List<Seen> seen = conversation(scene);
            assertThat(octetsTo(seen, scene.serverPort())).isEqualTo(Exchange.REQUEST);
            assertThat(octetsFrom(seen, scene.serverPort())).isEqualTo(Exchange.RESPONSE);
            assertThat(seen).allSatisfy(packet -> {
                assertThat(packet.captured()).isPositive().isLessThanOrEqualTo(Exchange.SNAP_LENGTH);
                assertThat(packet.onWire())
                        .isGreaterThanOrEqualTo(packet.captured())
                        .isGreaterThan(packet.header().payloadOctets());
                assertThat(source.interfaces()).hasSizeGreaterThan(packet.interfaceIndex());
            });
        }
    }

    @Test
    void timesAreOfTheHostsClockAndGoForward() throws Exception {
        Scene scene = play();
        try (PacketSource source = scene.source()) {
            List<Seen> seen = conversation(scene);
            assertThat(seen)
                    .allSatisfy(packet -> assertThat(packet.timeNs())
                            .isBetween(scene.earliestNs() - DISORDER_NS, scene.latestNs() + DISORDER_NS));
            for (int i = 1; i < seen.size(); i++) {
                assertThat(seen.get(i).timeNs()).isGreaterThan(seen.get(i - 1).timeNs() - DISORDER_NS);
            }
            assertThat(seen.get(seen.size() - 1).timeNs())
                    .isGreaterThan(seen.get(0).timeNs());
            assertThat(source.interfaces()).isNotEmpty();
        }
    }

    @Test
    void everyPacketIsCounted() throws Exception {
        Scene scene = play();
        try (PacketSource source = scene.source()) {
            Packet packet = new Packet();
            long delivered = 0;
            for (Next next = source.next(packet); next == Next.PACKET || delivered == 0; next = source.next(packet)) {
                delivered += next == Next.PACKET ? 1 : 0;
            }
            assertThat(source.statistics()).isEqualTo(new SourceStatistics(delivered, 0, 0));
        }
    }

    @Test
    void whenAllIsSeenAFileEndsAndALiveSourceIdles() throws Exception {
        Scene scene = play();
        try (PacketSource source = scene.source()) {
            conversation(scene);
            Next rest = source.next(new Packet());
            while (rest == Next.PACKET) {
                rest = source.next(new Packet());
            }
            assertThat(rest).isEqualTo(source.live() ? Next.IDLE : Next.END);
        }
    }

    @Test
    void whatItSaysItHasCaughtUpToIsTrue() throws Exception {
        Scene scene = play();
        try (PacketSource source = scene.source()) {
            Packet packet = new Packet();
            long promised = Long.MIN_VALUE;
            while (source.caughtUpToNs() < scene.latestNs()) {
                Next next = source.next(packet);
                assertThat(next == Next.PACKET ? packet.timestampNs() : Long.MAX_VALUE)
                        .as("the time of a packet that comes after the promise")
                        .isGreaterThan(promised);
                assertThat(source.caughtUpToNs()).isGreaterThanOrEqualTo(promised);
                promised = source.caughtUpToNs();
            }
            assertThat(source.statistics().delivered()).isGreaterThanOrEqualTo(Exchange.size());
        }
    }

    @Test
    void aWaitCanBeEndedAtAnyTime() throws Exception {
        Scene scene = play();
        try (PacketSource source = scene.source()) {
            conversation(scene);
            CompletableFuture<Next> answer = CompletableFuture.supplyAsync(() -> nextUnchecked(source));
            source.wakeUp();
            assertThat(answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNotNull();
        }
    }

    @Test
    void closingTwiceIsHarmless() throws Exception {
        PacketSource source = play().source();
        source.close();
        source.close();
        assertThat(source.statistics().kernelDropped()).isZero();
    }

    private static Next nextUnchecked(PacketSource source) {
        try {
            return source.next(new Packet());
        } catch (CaptureException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long octetsTo(List<Seen> seen, int port) {
        return seen.stream()
                .filter(packet -> packet.header().destinationPort() == port)
                .mapToLong(packet -> packet.header().payloadOctets())
                .sum();
    }

    private static long octetsFrom(List<Seen> seen, int port) {
        return seen.stream()
                .filter(packet -> packet.header().sourcePort() == port)
                .mapToLong(packet -> packet.header().payloadOctets())
                .sum();
    }

    /** Reads until both FINs are acknowledged. */
    private static List<Seen> conversation(Scene scene) throws CaptureException {
        List<Seen> seen = new ArrayList<>();
        Packet packet = new Packet();
        HeaderParser parser = new HeaderParser();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!isOver(seen)) {
            assertThat(System.nanoTime()).as("the exchange is seen in time").isLessThan(deadline);
            Next next = scene.source().next(packet);
            assertThat(next).as("after %d packets", seen.size()).isNotEqualTo(Next.END);
            SegmentHeader header = new SegmentHeader();
            if (next == Next.PACKET && packet.parse(parser, header) == ParseResult.OK && isOf(scene, header)) {
                seen.add(new Seen(
                        header,
                        packet.timestampNs(),
                        packet.capturedLength(),
                        packet.wireLength(),
                        packet.interfaceIndex()));
            }
        }
        return seen;
    }

    private static boolean isOf(Scene scene, SegmentHeader header) {
        return header.sourcePort() == scene.serverPort() || header.destinationPort() == scene.serverPort();
    }

    private static boolean isOver(List<Seen> seen) {
        long fins = seen.stream()
                .filter(packet -> (packet.header().flags() & TcpFlags.FIN) != 0)
                .count();
        return fins == 2 && (seen.get(seen.size() - 1).header().flags() & TcpFlags.FIN) == 0;
    }
}
