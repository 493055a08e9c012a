package io.loopscope.benchmarks;

import io.loopscope.agent.parse.HeaderParser;
import io.loopscope.agent.parse.LinkType;
import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.parse.TcpFlags;
import io.loopscope.agent.publish.BatchBuilder;
import io.loopscope.agent.publish.EncodedBatch;
import io.loopscope.agent.publish.Identity;
import io.loopscope.agent.track.Fidelity;
import io.loopscope.agent.track.FidelityByPort;
import io.loopscope.agent.track.ItemQueue;
import io.loopscope.agent.track.Overload;
import io.loopscope.agent.track.Tracker;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the agent does with a packet between ring and Kafka: {@link HeaderParser}, {@link Tracker} with the connection table
 * and coalescing, and the encoder. Parsing is part of the first two, so {@link HeaderParserBenchmark} is to be subtracted.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 2,
        jvmArgs = {"-XX:+UseSerialGC", "-Xmx1g"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class TrackBenchmark {
    private static final int FLOOD = 10_000;
    private static final int STORM = 500;
    private static final int PER_CONNECTION = 10;
    private static final int CONNECTIONS = 8;
    private static final int ACKNOWLEDGMENT_EACH = 9;
    private static final int QUEUE = 32_768;
    private static final int TRACKED = 65_536;
    private static final double RESERVED = 0.25;
    private static final int BATCH = 500;
    private static final long STEP_NANOS = 10_000;
    private static final long RUN_NANOS = 1_000_000_000;
    private static final int PAYLOAD = 64;

    private final HeaderParser parser = new HeaderParser();
    private final SegmentHeader header = new SegmentHeader();
    private final ByteBuffer frame = ByteBuffer.allocateDirect(Frames.length(4));
    private final int[] sequences = new int[CONNECTIONS];
    private final ItemQueue queue = new ItemQueue(QUEUE);
    private final Tracker tracker = tracker(queue);
    private final ItemQueue full = new ItemQueue(BATCH);
    private final BatchBuilder builder = new BatchBuilder(new Identity("host", "boot", 1, 0), "lo", BATCH);
    private long timeNs = 1_700_000_000_000_000_000L;
    private int stormed;

    private static Tracker tracker(ItemQueue queue) {
        return new Tracker(
                FidelityByPort.always(Fidelity.COALESCED),
                queue,
                TRACKED,
                Overload.shedding(queue.capacity(), RESERVED),
                RUN_NANOS);
    }

    /** A batch of items that wait for being encoded: short connections, of which nothing can be merged. */
    @Setup
    public void items() {
        Frames.put(frame, 4, 0);
        frame.clear();
        Tracker filling = tracker(full);
        while (full.open() < BATCH) {
            connection(filling);
        }
        full.handOver();
    }

    /** Data of eight connections in turn, each ninth segment an acknowledgment, parsed and merged into runs. */
    @Benchmark
    @OperationsPerInvocation(FLOOD)
    public long flood() {
        for (int i = 0; i < FLOOD; i++) {
            int connection = i % CONNECTIONS;
            if (i / CONNECTIONS % ACKNOWLEDGMENT_EACH == 0) {
                take(tracker, connection, false, TcpFlags.ACK, 1, sequences[connection], 0);
            } else {
                take(tracker, connection, true, TcpFlags.ACK | TcpFlags.PSH, sequences[connection], 1, PAYLOAD);
                sequences[connection] += PAYLOAD;
            }
        }
        return flush();
    }

    /** Connections of ten segments one after the other, each with other ports, parsed and tracked. */
    @Benchmark
    @OperationsPerInvocation(STORM)
    public long storm() {
        for (int i = 0; i < STORM / PER_CONNECTION; i++) {
            connection(tracker);
        }
        return flush();
    }

    /** Items into the octets of a batch. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public EncodedBatch encode() {
        for (int i = 0; i < BATCH; i++) {
            builder.add(full.peek(i));
        }
        return builder.take(0);
    }

    private long flush() {
        queue.handOver();
        int items = queue.size();
        queue.remove(items);
        return items;
    }

    private void connection(Tracker to) {
        int n = stormed++;
        int first = n * 1_000;
        take(to, n, true, TcpFlags.SYN, first, 0, 0);
        take(to, n, false, TcpFlags.SYN | TcpFlags.ACK, first, first + 1, 0);
        take(to, n, true, TcpFlags.ACK, first + 1, first + 1, 0);
        take(to, n, true, TcpFlags.ACK | TcpFlags.PSH, first + 1, first + 1, PAYLOAD);
        take(to, n, false, TcpFlags.ACK, first + 1, first + 1 + PAYLOAD, 0);
        take(to, n, false, TcpFlags.ACK | TcpFlags.PSH, first + 1, first + 1 + PAYLOAD, PAYLOAD);
        take(to, n, true, TcpFlags.ACK | TcpFlags.FIN, first + 1 + PAYLOAD, first + 1 + PAYLOAD, 0);
        take(to, n, false, TcpFlags.ACK, first + 1 + PAYLOAD, first + 2 + PAYLOAD, 0);
        take(to, n, false, TcpFlags.ACK | TcpFlags.FIN, first + 1 + PAYLOAD, first + 2 + PAYLOAD, 0);
        take(to, n, true, TcpFlags.ACK, first + 2 + PAYLOAD, first + 2 + PAYLOAD, 0);
    }

    private void take(
            Tracker to, int connection, boolean fromClient, int flags, int sequence, int acknowledgment, int payload) {
        Frames.change(frame, connection, fromClient, flags, sequence, acknowledgment, payload);
        parser.parse(frame, 0, frame.capacity(), frame.capacity() + payload, LinkType.ETHERNET, header);
        to.take(header, timeNs);
        timeNs += STEP_NANOS;
    }
}
