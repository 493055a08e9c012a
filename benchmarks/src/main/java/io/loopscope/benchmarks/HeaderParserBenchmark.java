package io.loopscope.benchmarks;

import io.loopscope.agent.parse.HeaderParser;
import io.loopscope.agent.parse.LinkType;
import io.loopscope.agent.parse.SegmentHeader;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** {@link HeaderParser#parse}, per packet, out of a direct buffer as a capture ring or a file's window is. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 2,
        jvmArgs = {"-XX:+UseSerialGC", "-Xmx1g"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class HeaderParserBenchmark {
    private static final int PACKETS = 1_024;

    /** IP version. */
    @Param({"4", "6"})
    private int version;

    private final HeaderParser parser = new HeaderParser();
    private final SegmentHeader header = new SegmentHeader();
    private ByteBuffer packets = ByteBuffer.allocate(0);
    private int length;

    /** Lays the packets out one after the other. */
    @Setup
    public void packets() {
        length = Frames.length(version);
        packets = ByteBuffer.allocateDirect(PACKETS * length);
        for (int i = 0; i < PACKETS; i++) {
            Frames.put(packets, version, i);
        }
        packets.clear();
    }

    /** Ethernet, IP and TCP with timestamps: what nearly every packet on loopback looks like. */
    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public long parse() {
        long sum = 0;
        for (int i = 0; i < PACKETS; i++) {
            parser.parse(packets, i * length, length, length, LinkType.ETHERNET, header);
            sum += header.sequence() + header.timestampValue();
        }
        return sum;
    }
}
