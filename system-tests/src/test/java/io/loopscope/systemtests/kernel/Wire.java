package io.loopscope.systemtests.kernel;

import io.loopscope.agent.parse.HeaderParser;
import io.loopscope.agent.parse.ParseResult;
import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.LiveCapture;
import io.loopscope.agent.source.Packet;
import io.loopscope.agent.source.PacketSource;
import io.loopscope.agent.source.Pcap4jSource;
import io.loopscope.processor.tcp.Address;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Side;
import io.loopscope.standalone.analyze.Segments;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** A live capture of {@code lo}, run through parser and TCP core by the thread that asks. */
final class Wire implements AutoCloseable {
    private static final LiveCapture LO =
            new LiveCapture("", LiveCapture.TCP_FILTER, 128, 16 * 1024 * 1024, Duration.ofMillis(10));
    private static final long NO_NAMESPACE = 0;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final Pcap4jSource source;
    private final HeaderParser parser = new HeaderParser();
    private final SegmentHeader header = new SegmentHeader();
    private final Packet packet = new Packet();
    private final Map<FourTuple, Watched> watched = new LinkedHashMap<>();

    private Wire(Pcap4jSource source) {
        this.source = source;
    }

    /** Sees every packet from now on. */
    static Wire tap() throws CaptureException {
        return new Wire(Pcap4jSource.open(LO));
    }

    /** Everything that was on the wire before this call is applied when it returns, and the wire is at rest. */
    void catchUp() throws CaptureException {
        Instant now = Instant.now();
        long nowNanos = now.getEpochSecond() * NANOS_PER_SECOND + now.getNano();
        boolean rests;
        do {
            rests = source.next(packet) == PacketSource.Next.IDLE;
            if (!rests) {
                apply();
            }
        } while (!rests || source.caughtUpToNs() < nowNanos);
        watched.values().forEach(each -> each.at(source.caughtUpToNs()));
        if (source.statistics().kernelDropped() > 0) {
            throw new AssertionError("the capture has lost packets: " + source.statistics());
        }
    }

    private void apply() {
        ParseResult result = parser.parse(
                packet.data(),
                packet.offset(),
                packet.capturedLength(),
                packet.wireLength(),
                packet.linkType(),
                header);
        if (result.kind() == ParseResult.Kind.MALFORMED) {
            throw new AssertionError("a packet of a real kernel is " + result);
        }
        if (result == ParseResult.OK) {
            Address from = new Address(header.sourceHigh(), header.sourceLow());
            Address to = new Address(header.destinationHigh(), header.destinationLow());
            Side sender = FourTuple.side(from, header.sourcePort(), to, header.destinationPort());
            watched.computeIfAbsent(
                            FourTuple.of(NO_NAMESPACE, from, header.sourcePort(), to, header.destinationPort()),
                            Watched::new)
                    .apply(Segments.segment(sender, header, packet.timestampNs()));
        }
    }

    /** What was seen of a connection so far: nothing, perhaps. */
    Watched watched(InetSocketAddress client, InetSocketAddress server) {
        FourTuple tuple = FourTuple.of(
                NO_NAMESPACE,
                Address.of(client.getAddress()),
                client.getPort(),
                Address.of(server.getAddress()),
                server.getPort());
        return watched.computeIfAbsent(tuple, Watched::new);
    }

    /** Which side of a connection the end at this address is. */
    static Side side(InetSocketAddress end, InetSocketAddress peer) {
        return FourTuple.side(
                Address.of(end.getAddress()), end.getPort(), Address.of(peer.getAddress()), peer.getPort());
    }

    /** All segments with what they changed, by connection. */
    String report() {
        return watched.values().stream().map(Watched::report).collect(Collectors.joining("\n"));
    }

    @Override
    public void close() {
        source.close();
    }
}
