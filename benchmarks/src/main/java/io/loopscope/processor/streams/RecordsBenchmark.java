package io.loopscope.processor.streams;

import io.loopscope.processor.detect.DetectorSettings;
import io.loopscope.processor.detect.HostMonitor;
import io.loopscope.processor.detect.Step;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.TcpSettings;
import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.ConnectionRef;
import io.loopscope.schemas.v1.Fidelity;
import io.loopscope.schemas.v1.Side;
import io.loopscope.schemas.v1.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Bytes to segments, per segment of a full batch, the short way, the long way and back; and a connection's stored value,
 * per connection. In the processor's package, because it calls what only that may call.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 2,
        jvmArgs = {"-XX:+UseSerialGC", "-Xmx1g"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class RecordsBenchmark {
    private static final int CONNECTIONS = 50;
    private static final int SEGMENTS = 500;
    private static final byte[] KEY = "host".getBytes(StandardCharsets.UTF_8);

    private final RecordCodec codec = new RecordCodec();
    private final CaptureReader reader = new CaptureReader(codec);
    private final CaptureBatch batch = batch();
    private final byte[] encoded = codec.encode(batch);
    private final HostMonitor monitor = new HostMonitor("host", 0, DetectorSettings.defaults(), TcpSettings.DEFAULT);
    private final List<FourTuple> tuples;

    /** Fills the monitor. */
    public RecordsBenchmark() {
        Step step = new Step();
        Delivery delivery = reader.delivery(KEY, encoded);
        delivery.apply(monitor, step);
        tuples = List.copyOf(step.changedConnections());
    }

    /** As the processor reads nearly all batches. */
    @Benchmark
    @OperationsPerInvocation(SEGMENTS)
    public Object readShortWay() {
        return reader.delivery(KEY, encoded);
    }

    /** As it reads batches of other versions of the schema. */
    @Benchmark
    @OperationsPerInvocation(SEGMENTS)
    public Object readLongWay() {
        SpecificRecord captured = reader.read(KEY, encoded);
        return CaptureRecords.delivery(captured);
    }

    /** As the agent writes them. */
    @Benchmark
    @OperationsPerInvocation(SEGMENTS)
    public byte[] encode() {
        return codec.encode(batch);
    }

    /** A connection's stored value. */
    @Benchmark
    @OperationsPerInvocation(CONNECTIONS)
    public long writeState() {
        long octets = 0;
        for (FourTuple tuple : tuples) {
            byte[] stored = monitor.connectionBytes(tuple);
            octets += stored == null ? 0 : stored.length;
        }
        return octets;
    }

    private static CaptureBatch batch() {
        List<ConnectionRef> connections = new ArrayList<>();
        List<CapturedSegment> segments = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            connections.add(new ConnectionRef(loopback(3_306), loopback(40_000 + i), Fidelity.ALL));
        }
        for (int i = 0; i < SEGMENTS; i++) {
            CapturedSegment segment = new CapturedSegment();
            segment.setConnection(i % CONNECTIONS);
            segment.setSender(i / CONNECTIONS % 2 == 0 ? Side.LOW : Side.HIGH);
            segment.setTimeDeltaNs(i * 20_000L);
            segment.setFlags(0x18);
            segment.setSequence(i * 1_000_003L);
            segment.setAcknowledgment(i * 2_000_003L);
            segment.setWindow(512);
            segment.setPayloadOctets(100L);
            segment.setTimestampValue((long) i);
            segment.setTimestampEcho((long) i);
            segments.add(segment);
        }
        return new CaptureBatch(
                "host", "boot", 1L, 0L, "lo", 0L, 1_700_000_000_000_000_000L, 0L, connections, segments);
    }

    private static SocketAddress loopback(int port) {
        return new SocketAddress(ByteBuffer.wrap(new byte[] {127, 0, 0, 1}), port);
    }
}
