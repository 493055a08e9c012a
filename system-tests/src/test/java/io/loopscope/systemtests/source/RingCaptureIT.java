package io.loopscope.systemtests.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.jna.NativeLong;
import io.loopscope.agent.parse.HeaderParser;
import io.loopscope.agent.parse.ParseResult;
import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.CaptureException.Reason;
import io.loopscope.agent.source.CaptureMethod;
import io.loopscope.agent.source.LiveCapture;
import io.loopscope.agent.source.LiveSource;
import io.loopscope.agent.source.Packet;
import io.loopscope.agent.source.PacketSource;
import io.loopscope.agent.source.PacketSource.Next;
import io.loopscope.agent.source.Pcap4jSource;
import io.loopscope.agent.source.RingSource;
import io.loopscope.agent.source.SourceStatistics;
import io.loopscope.agent.testing.PacketBytes;
import io.loopscope.systemtests.harness.FourTuple;
import io.loopscope.systemtests.harness.Needs;
import io.loopscope.systemtests.harness.Waits;
import io.loopscope.systemtests.kernel.Libc;
import io.loopscope.systemtests.kernel.Namespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the ring does beyond the contract, in a namespace of its own, on datagrams, each of which is one packet. */
class RingCaptureIT {
    private static final int SMALL_RING = 64 * 1024;
    private static final int RING = 1024 * 1024;
    private static final Duration TIMEOUT = Duration.ofMillis(10);

    private Namespace namespace;
    private DatagramSocket socket;

    @BeforeEach
    void enter() throws IOException {
        Needs.root();
        Needs.programs("ip");
        namespace = Namespace.enter();
        socket = new DatagramSocket(FourTuple.loopback(0));
    }

    @AfterEach
    void leave() {
        if (namespace != null) {
            socket.close();
            namespace.close();
        }
    }

    @Test
    void aLoopbackPacketComesOnceAndOnlyWhatPassesTheFilterComes() throws Exception {
        try (DatagramSocket other = new DatagramSocket(FourTuple.loopback(0));
                PacketSource source = open(RING, "udp dst port " + socket.getLocalPort())) {
            for (int i = 1; i <= 100; i++) {
                send(other.getLocalPort(), i);
                send(socket.getLocalPort(), 1000 + i);
            }
            List<Integer> lengths = lengths(source, 100);
            assertThat(lengths).hasSize(100).startsWith(headers() + 1001).endsWith(headers() + 1100);
            assertThat(lengths).isSorted().doesNotHaveDuplicates();
            assertThat(source.next(new Packet())).isEqualTo(Next.IDLE);
            assertThat(source.statistics()).isEqualTo(new SourceStatistics(100, 0, 0));
        }
    }

    @Test
    void packetsBeyondTheSnapshotLengthAreCut() throws Exception {
        try (PacketSource source = open(RING, "udp")) {
            send(socket.getLocalPort(), 5000);
            Packet packet = next(source);
            assertThat(packet.capturedLength()).isEqualTo(128);
            assertThat(packet.wireLength()).isEqualTo(headers() + 5000);
        }
    }

    @Test
    void whatFindsNoRoomIsCountedAndTheCaptureGoesOn() throws Exception {
        try (PacketSource source = open(SMALL_RING, "udp")) {
            int sent = 0;
            while (source.statistics().kernelDropped() == 0 || sent < 2000) {
                send(socket.getLocalPort(), 1);
                sent++;
            }
            assertThat(source.statistics().freezes()).isPositive();
            while (accounted(source) < sent) {
                assertThat(next(source).wireLength()).isEqualTo(headers() + 1);
            }
            assertThat(source.next(new Packet())).isEqualTo(Next.IDLE);
            send(socket.getLocalPort(), 7);
            assertThat(next(source).wireLength()).isEqualTo(headers() + 7);
            assertThat(accounted(source)).isEqualTo(sent + 1);
        }
    }

    private static long accounted(PacketSource source) {
        return source.statistics().delivered() + source.statistics().kernelDropped();
    }

    @Test
    void aCloseEndsAWaitAndWhatWasReadBecomesZeros() throws Exception {
        for (int i = 0; i < 20; i++) {
            PacketSource source = open(RING, "udp");
            send(socket.getLocalPort(), 10);
            Packet packet = next(source);
            assertThat(packet.wireLength()).isEqualTo(headers() + 10);
            AtomicBoolean closed = new AtomicBoolean();
            CompletableFuture<Long> waiting = CompletableFuture.supplyAsync(() -> parseUntil(closed, source));
            source.close();
            closed.set(true);
            assertThat(waiting.get(Waits.PROGRAM.toSeconds(), TimeUnit.SECONDS)).isZero();
            assertThat(source.next(new Packet())).isEqualTo(Next.IDLE);
            assertThat(packet.data().getLong(packet.offset())).isZero();
            assertThat(source.statistics()).isEqualTo(new SourceStatistics(1, 0, 0));
        }
        assertThat(Files.readString(Path.of("/proc/thread-self/net/packet")).lines())
                .as("packet sockets that are left, after the heading")
                .hasSize(1);
    }

    @Test
    void aCloseInTheMiddleOfAFloodHarmsNobody() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Void> flood = CompletableFuture.runAsync(() -> sendUntil(over));
        for (int i = 0; i < 20; i++) {
            PacketSource source = open(SMALL_RING, "udp");
            AtomicBoolean closed = new AtomicBoolean();
            CompletableFuture<Long> reading = CompletableFuture.supplyAsync(() -> parseUntil(closed, source));
            Awaitility.await()
                    .atMost(Waits.PROGRAM)
                    .until(() -> source.statistics().delivered() > 1000);
            source.close();
            closed.set(true);
            assertThat(reading.get(Waits.PROGRAM.toSeconds(), TimeUnit.SECONDS))
                    .isEqualTo(source.statistics().delivered());
        }
        over.set(true);
        flood.get(Waits.PROGRAM.toSeconds(), TimeUnit.SECONDS);
    }

    private void sendUntil(AtomicBoolean over) {
        try {
            while (!over.get()) {
                send(socket.getLocalPort(), 1);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads on, looking at every packet; how many there were. */
    private static long parseUntil(AtomicBoolean closed, PacketSource source) {
        HeaderParser parser = new HeaderParser();
        SegmentHeader header = new SegmentHeader();
        Packet packet = new Packet();
        long packets = 0;
        try {
            while (!closed.get()) {
                if (source.next(packet) == Next.PACKET) {
                    packets++;
                    packet.parse(parser, header);
                }
            }
        } catch (CaptureException e) {
            throw new IllegalStateException(e);
        }
        return packets;
    }

    @Test
    void aVlanTagThatTheKernelHasTakenOutIsThereAgain() throws Exception {
        Namespace.run("ip", "link", "add", "sender", "type", "veth", "peer", "name", "receiver");
        Namespace.run("ip", "link", "set", "sender", "up");
        Namespace.run("ip", "link", "set", "receiver", "up");
        try (PacketSource source = LiveSource.open(new LiveCapture(
                "receiver", "vlan 42 and tcp", 128, RING, TIMEOUT, CaptureMethod.RING, LiveCapture.BLOCK_OCTETS))) {
            byte[] segment = PacketBytes.ipv4(
                    PacketBytes.TCP,
                    PacketBytes.tcp().ports(40_000, 80).payload(3).bytes());
            sendRaw("sender", PacketBytes.ethernet(PacketBytes.ETHERTYPE_IPV4, segment));
            byte[] tagged = PacketBytes.ethernet(0x8100, PacketBytes.vlanTag(PacketBytes.ETHERTYPE_IPV4, segment));
            sendRaw("sender", tagged);
            Packet packet = next(source);
            assertThat(octets(packet)).isEqualTo(tagged);
            assertThat(packet.wireLength()).isEqualTo(tagged.length);
            SegmentHeader header = new SegmentHeader();
            ParseResult result = packet.parse(new HeaderParser(), header);
            assertThat(result).isEqualTo(ParseResult.OK);
            assertThat(header.payloadOctets()).isEqualTo(3);
        }
    }

    @Test
    void anInterfaceThatGoesDownEndsTheCaptureAfterAllThatWasSeen() throws Exception {
        try (PacketSource source = open(RING, "udp")) {
            send(socket.getLocalPort(), 3);
            Namespace.run("ip", "link", "set", "lo", "down");
            assertThat(next(source).wireLength()).isEqualTo(headers() + 3);
            assertThatThrownBy(() -> {
                        while (true) {
                            assertThat(source.next(new Packet())).isEqualTo(Next.IDLE);
                        }
                    })
                    .isInstanceOfSatisfying(
                            CaptureException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CAPTURE_BROKEN))
                    .hasMessageContaining("Network is down");
        }
    }

    @Test
    void whatTheRingIsNotForIsCapturedByLibpcapUnlessTheRingWasAskedFor() throws Exception {
        LiveCapture any = new LiveCapture("any", "udp", 128, RING, TIMEOUT);
        CaptureException e = catchThrowableOfType(
                CaptureException.class,
                () -> LiveSource.open(any.by(CaptureMethod.RING)).close());
        assertThat(e.reason()).isEqualTo(Reason.RING_UNAVAILABLE);
        assertThat(e).hasMessageContaining("any").hasMessageContaining("Ethernet");
        assertThat(e.remedy()).contains("agent.capture.method");
        try (PacketSource source = LiveSource.open(any.by(CaptureMethod.AUTO))) {
            assertThat(source).isInstanceOf(Pcap4jSource.class);
        }
        LiveCapture lo = new LiveCapture("lo", "udp", 128, RING, TIMEOUT);
        try (PacketSource source = LiveSource.open(lo)) {
            assertThat(source).isInstanceOf(RingSource.class);
        }
        try (PacketSource source = LiveSource.open(lo.by(CaptureMethod.LIBPCAP))) {
            assertThat(source).isInstanceOf(Pcap4jSource.class);
        }
    }

    private static PacketSource open(int ringOctets, String filter) throws CaptureException {
        return LiveSource.open(
                new LiveCapture("lo", filter, 128, ringOctets, TIMEOUT, CaptureMethod.RING, LiveCapture.BLOCK_OCTETS));
    }

    private void send(int port, int octets) throws IOException {
        socket.send(new DatagramPacket(new byte[octets], octets, FourTuple.loopback(port)));
    }

    /** Ethernet, IPv4, UDP. */
    private static int headers() {
        return 14 + 20 + 8;
    }

    private static Packet next(PacketSource source) throws CaptureException {
        Packet packet = new Packet();
        long deadline = System.nanoTime() + Waits.PROGRAM.toNanos();
        while (source.next(packet) != Next.PACKET) {
            assertThat(System.nanoTime()).as("a packet comes in time").isLessThan(deadline);
        }
        return packet;
    }

    private static List<Integer> lengths(PacketSource source, int packets) throws CaptureException {
        List<Integer> lengths = new ArrayList<>();
        while (lengths.size() < packets) {
            lengths.add(next(source).wireLength());
        }
        return lengths;
    }

    private static byte[] octets(Packet packet) {
        byte[] octets = new byte[packet.capturedLength()];
        packet.data().get(packet.offset(), octets);
        return octets;
    }

    /** Puts a frame on the wire as it is. */
    private static void sendRaw(String interfaceName, byte[] frame) {
        int index = Integer.parseInt(
                Namespace.run("ip", "-o", "link", "show", interfaceName).split(":", 2)[0]);
        byte[] address = ByteBuffer.allocate(20)
                .order(ByteOrder.nativeOrder())
                .putShort((short) 17)
                .putShort((short) 0)
                .putInt(index)
                .array();
        int descriptor = Libc.must("packet socket", Libc.socket(17, 3, 0));
        try {
            NativeLong length = new NativeLong(frame.length);
            Libc.must(
                    "sendto",
                    Libc.sendto(descriptor, frame, length, 0, address, address.length)
                            .intValue());
        } finally {
            Libc.must("close", Libc.close(descriptor));
        }
    }
}
