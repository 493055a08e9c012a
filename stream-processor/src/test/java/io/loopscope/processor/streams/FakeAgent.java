package io.loopscope.processor.streams;

import static io.loopscope.processor.tcp.TcpFlags.ACK;
import static io.loopscope.processor.tcp.TcpFlags.FIN;
import static io.loopscope.processor.tcp.TcpFlags.SYN;

import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.GoneSocket;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.schemas.v1.KernelSocket;
import io.loopscope.schemas.v1.Side;
import io.loopscope.schemas.v1.SocketReport;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;

/**
 * An agent that sees one connection: client 127.0.0.1:59994 (the higher side), server 127.0.0.1:13306. Initial sequence
 * numbers are 99 and 299.
 */
final class FakeAgent {
    private final String host;
    private final Consumer<SpecificRecord> out;
    private long epoch = Records.EPOCH;
    private long namespace = Records.NAMESPACE;
    private String captured = "lo";
    private long nowNs = Records.START;
    private long nextBatch;
    private long nextPoll;
    private long nextHeartbeat;

    FakeAgent(String host, Consumer<SpecificRecord> out) {
        this.host = host;
        this.out = out;
    }

    FakeAgent inNamespace(long other) {
        namespace = other;
        return this;
    }

    FakeAgent on(String otherInterface) {
        captured = otherInterface;
        return this;
    }

    FakeAgent atClock(long otherNowNs) {
        nowNs = otherNowNs;
        return this;
    }

    /** The agent's clock runs on, and nothing is sent. */
    FakeAgent passes(Duration duration) {
        nowNs += duration.toNanos();
        return this;
    }

    /** The agent's clock runs on, with a heartbeat each second. */
    FakeAgent watches(Duration duration) {
        return watches(duration, Duration.ofSeconds(1));
    }

    /** The agent's clock runs on, with a heartbeat each interval. */
    FakeAgent watches(Duration duration, Duration interval) {
        for (long passed = 0; passed < duration.toNanos(); passed += interval.toNanos()) {
            nowNs += interval.toNanos();
            heartbeat();
        }
        return this;
    }

    /** The agent dies and begins again. */
    FakeAgent restarts() {
        epoch = nowNs;
        nextBatch = 0;
        nextPoll = 0;
        nextHeartbeat = 0;
        return this;
    }

    FakeAgent losesBatches(int number) {
        nextBatch += number;
        return this;
    }

    FakeAgent handshake() {
        return sends(from(Side.HIGH, SYN, 99, 0), from(Side.LOW, SYN | ACK, 299, 100), from(Side.HIGH, ACK, 100, 300));
    }

    FakeAgent clientCloses() {
        return sends(from(Side.HIGH, FIN | ACK, 100, 300), from(Side.LOW, ACK, 300, 101));
    }

    FakeAgent serverCloses() {
        return sends(from(Side.LOW, FIN | ACK, 300, 101), from(Side.HIGH, ACK, 101, 301));
    }

    FakeAgent sends(CapturedSegment.Builder... segments) {
        out.accept(batch(nextBatch++, segments));
        return this;
    }

    FakeAgent heartbeat() {
        out.accept(sign().build());
        return this;
    }

    /** Reads the whole socket table. */
    FakeAgent polls(KernelSocket... sockets) {
        return polls(true, List.of(sockets), List.of());
    }

    /** Reads the socket table, and nothing has changed. */
    FakeAgent pollsNothingNew() {
        return polls(false, List.of(), List.of());
    }

    private FakeAgent polls(boolean full, List<KernelSocket> sockets, List<GoneSocket> gone) {
        out.accept(SocketReport.newBuilder(Records.socketReport())
                .setHostId(host)
                .setAgentEpoch(epoch)
                .setNetworkNamespace(namespace)
                .setPollId(nextPoll++)
                .setFull(full)
                .setTimeNs(nowNs)
                .setSockets(sockets)
                .setGone(gone)
                .build());
        return this;
    }

    FakeAgent saysGoodbye() {
        out.accept(sign().setPlannedStop(true).build());
        return this;
    }

    CaptureBatch batch(long sequence, CapturedSegment.Builder... segments) {
        CapturedSegment[] built =
                List.of(segments).stream().map(CapturedSegment.Builder::build).toArray(CapturedSegment[]::new);
        return Records.batch(sequence, built)
                .setHostId(host)
                .setAgentEpoch(epoch)
                .setNetworkNamespace(namespace)
                .setInterface$(captured)
                .setBaseTimeNs(nowNs)
                .build();
    }

    static CapturedSegment.Builder from(Side sender, int flags, long sequence, long acknowledgment) {
        return Records.segment(sender, flags, sequence, acknowledgment);
    }

    private Heartbeat.Builder sign() {
        return Records.heartbeat(nowNs, nextBatch)
                .setHostId(host)
                .setAgentEpoch(epoch)
                .setNetworkNamespace(namespace)
                .setHeartbeatSequence(nextHeartbeat++)
                .setInterfaces(List.of(captured));
    }
}
