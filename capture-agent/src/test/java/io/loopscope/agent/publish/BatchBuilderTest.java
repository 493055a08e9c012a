package io.loopscope.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.parse.TcpFlags;
import io.loopscope.agent.testing.Headers;
import io.loopscope.agent.testing.PacketBytes;
import io.loopscope.agent.testing.PacketBytes.TcpBytes;
import io.loopscope.agent.track.Items;
import io.loopscope.schemas.ConnectionKey;
import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.ConnectionRef;
import io.loopscope.schemas.v1.Side;
import io.loopscope.schemas.v1.SocketAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BatchBuilderTest {
    private static final Identity IDENTITY = new Identity("host-1", "boot-1", 77, 4026531840L);
    private static final RecordCodec CODEC = new RecordCodec();

    private final BatchBuilder batch = new BatchBuilder(IDENTITY, "lo", 500);

    @Test
    void aSynHasAllItSaid() {
        add(
                "127.0.0.1",
                "127.0.0.1",
                tcp(40_000, 13_306, TcpFlags.SYN)
                        .sequence(0xffff_ffffL)
                        .acknowledgment(0)
                        .window(65_495)
                        .options("0204ffd7 0402 080a 00000001 00000000 01 030307"),
                1_000);
        CaptureBatch taken = take(3);
        assertThat(taken.getHostId()).isEqualTo("host-1");
        assertThat(taken.getBootId()).isEqualTo("boot-1");
        assertThat(taken.getAgentEpoch()).isEqualTo(77);
        assertThat(taken.getNetworkNamespace()).isEqualTo(4026531840L);
        assertThat(taken.getInterface$()).isEqualTo("lo");
        assertThat(taken.getBaseTimeNs()).isEqualTo(1_000);
        assertThat(taken.getSkippedBefore()).isEqualTo(3);
        assertThat(taken.getSegments())
                .containsExactly(CapturedSegment.newBuilder()
                        .setConnection(0)
                        .setSender(Side.HIGH)
                        .setTimeDeltaNs(0)
                        .setFlags(TcpFlags.SYN)
                        .setSequence(0xffff_ffffL)
                        .setAcknowledgment(0)
                        .setWindow(65_495)
                        .setPayloadOctets(0)
                        .setMaximumSegmentSize(65_495)
                        .setWindowScale(7)
                        .setSackPermitted(true)
                        .setTimestampValue(1L)
                        .setTimestampEcho(0L)
                        .build());
    }

    @Test
    void optionsThatAreAbsentAreNull() {
        add("::1", "::1", tcp(1, 2, TcpFlags.ACK).payload(9), 0);
        CapturedSegment segment = take(0).getSegments().get(0);
        assertThat(segment.getPayloadOctets()).isEqualTo(9);
        assertThat(segment.getMaximumSegmentSize()).isNull();
        assertThat(segment.getWindowScale()).isNull();
        assertThat(segment.getTimestampValue()).isNull();
        assertThat(segment.getUrgentPointer()).isNull();
        assertThat(segment.getRun()).isNull();
        assertThat(segment.getSackPermitted()).isFalse();
    }

    @Test
    void theUrgentPointerCountsWithItsFlagOnly() {
        add("127.0.0.1", "127.0.0.1", tcp(1, 2, TcpFlags.ACK).urgentPointer(5), 0);
        add("127.0.0.1", "127.0.0.1", tcp(1, 2, TcpFlags.ACK | TcpFlags.URG).urgentPointer(5), 0);
        assertThat(take(0).getSegments())
                .extracting(CapturedSegment::getUrgentPointer)
                .containsExactly(null, 5);
    }

    @Test
    void bothDirectionsShareAConnection() {
        add("127.0.0.1", "127.0.0.1", tcp(40_000, 80, TcpFlags.SYN), 10);
        add("127.0.0.1", "127.0.0.1", tcp(80, 40_000, TcpFlags.SYN | TcpFlags.ACK), 30);
        add("::1", "::1", tcp(40_000, 80, TcpFlags.SYN), 5);
        CaptureBatch taken = take(0);
        assertThat(taken.getConnections()).hasSize(2);
        assertThat(taken.getSegments())
                .extracting(CapturedSegment::getConnection, CapturedSegment::getSender, CapturedSegment::getTimeDeltaNs)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(0, Side.HIGH, 0L),
                        org.assertj.core.groups.Tuple.tuple(0, Side.LOW, 20L),
                        org.assertj.core.groups.Tuple.tuple(1, Side.HIGH, -5L));
    }

    @Test
    void aConnectionToItselfHasOnlyLow() {
        add("127.0.0.1", "127.0.0.1", tcp(5_000, 5_000, TcpFlags.ACK), 0);
        assertThat(take(0).getSegments().get(0).getSender()).isEqualTo(Side.LOW);
    }

    @Test
    void theOrderOfEndsIsThatOfConnectionKeys() {
        Random random = new Random(1);
        List<String> addresses =
                List.of("127.0.0.1", "127.0.0.2", "200.0.0.1", "9.255.255.255", "10.0.0.0", "128.0.0.1");
        List<String> addresses6 = List.of("::1", "fe80::1", "2001:db8::ffff", "7fff::", "8000::", "::2");
        for (int i = 0; i < 500; i++) {
            List<String> family = i % 2 == 0 ? addresses : addresses6;
            String source = family.get(random.nextInt(family.size()));
            String destination = family.get(random.nextInt(family.size()));
            add(source, destination, tcp(1 + random.nextInt(65_535), 1 + random.nextInt(65_535), TcpFlags.ACK), 0);
            ConnectionRef connection = take(0).getConnections().get(0);
            assertThat(ConnectionKey.CANONICAL_ORDER.compare(socket(connection.getLow()), socket(connection.getHigh())))
                    .isNotPositive();
        }
    }

    @Test
    void numbersHaveNoGapsAndBatchesEncode() {
        for (int i = 0; i < 3; i++) {
            assertThat(batch.nextSequence()).isEqualTo(i);
            for (int n = 0; n < 500; n++) {
                assertThat(batch.isFull()).isFalse();
                add("127.0.0.1", "127.0.0.1", tcp(1 + n, 80, TcpFlags.ACK), n);
            }
            assertThat(batch.isFull()).isTrue();
            CaptureBatch taken = take(0);
            assertThat(taken.getBatchSequence()).isEqualTo(i);
            assertThat(batch.isEmpty()).isTrue();
        }
    }

    private void add(String source, String destination, TcpBytes segment, long timeNs) {
        batch.add(Items.of(Headers.of(source, destination, segment), timeNs));
    }

    /** What a reader makes of the batch; writing it again must give the same octets. */
    private CaptureBatch take(long skippedBefore) {
        EncodedBatch taken = batch.take(skippedBefore);
        CaptureBatch read = (CaptureBatch) CODEC.decode(taken.octets());
        assertThat(CODEC.encode(read)).isEqualTo(taken.octets());
        assertThat(taken.hostId()).isEqualTo(read.getHostId());
        return read;
    }

    private static TcpBytes tcp(int source, int destination, int flags) {
        return PacketBytes.tcp().ports(source, destination).flags(flags);
    }

    private static InetSocketAddress socket(SocketAddress address) {
        byte[] octets = new byte[address.getAddress().remaining()];
        address.getAddress().duplicate().get(octets);
        return ConnectionKey.socket(octets, address.getPort());
    }
}
