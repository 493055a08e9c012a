package io.loopscope.processor.streams;

import io.loopscope.schemas.testing.Statistics;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CaptureStatistics;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.ConnectionRef;
import io.loopscope.schemas.v1.Fidelity;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.schemas.v1.KernelSocket;
import io.loopscope.schemas.v1.Side;
import io.loopscope.schemas.v1.SocketAddress;
import io.loopscope.schemas.v1.SocketReport;
import io.loopscope.schemas.v1.TcpState;
import java.nio.ByteBuffer;
import java.util.List;

/** Records as an agent makes them. */
final class Records {
    static final String HOST = "host-1";
    static final String BOOT = "boot-1";
    static final long NAMESPACE = 4026531840L;
    static final long EPOCH = 1_700_000_000_000_000_000L;
    static final long START = EPOCH + 1_000_000_000L;
    static final SocketAddress SERVER = loopback(13306);
    static final SocketAddress CLIENT = loopback(59994);

    private Records() {}

    static SocketAddress loopback(int port) {
        return new SocketAddress(ByteBuffer.wrap(new byte[] {127, 0, 0, 1}), port);
    }

    /** A batch of one connection between {@link #SERVER} (low) and {@link #CLIENT} (high). */
    static CaptureBatch.Builder batch(long sequence, CapturedSegment... segments) {
        return CaptureBatch.newBuilder()
                .setHostId(HOST)
                .setBootId(BOOT)
                .setAgentEpoch(EPOCH)
                .setNetworkNamespace(NAMESPACE)
                .setInterface$("lo")
                .setBatchSequence(sequence)
                .setBaseTimeNs(START)
                .setSkippedBefore(0)
                .setConnections(List.of(new ConnectionRef(SERVER, CLIENT, Fidelity.ALL)))
                .setSegments(List.of(segments));
    }

    /** A segment of the batch's first connection. */
    static CapturedSegment.Builder segment(Side sender, int flags, long sequence, long acknowledgment) {
        return CapturedSegment.newBuilder()
                .setConnection(0)
                .setSender(sender)
                .setTimeDeltaNs(0)
                .setFlags(flags)
                .setSequence(sequence)
                .setAcknowledgment(acknowledgment)
                .setWindow(65535)
                .setPayloadOctets(0);
    }

    static Heartbeat.Builder heartbeat(long watermarkNs, long nextBatch) {
        return Heartbeat.newBuilder()
                .setHostId(HOST)
                .setBootId(BOOT)
                .setAgentEpoch(EPOCH)
                .setAgentVersion("0.1.0")
                .setNetworkNamespace(NAMESPACE)
                .setInterfaces(List.of("lo"))
                .setWatermarkNs(watermarkNs)
                .setIntervalMs(1000)
                .setNextBatchSequence(nextBatch)
                .setPlannedStop(false)
                .setStatistics(statistics(100, 0));
    }

    static CaptureStatistics statistics(long seen, long kernelDropped) {
        return Statistics.zeros()
                .setSeen(seen)
                .setKernelDropped(kernelDropped)
                .setPublished(seen)
                .build();
    }

    /** The server's socket of the batch's connection, held by db[42]. */
    static KernelSocket.Builder serverSocket(TcpState state) {
        return socket(SERVER, CLIENT, state).setPid(42).setProcess("db").setFileDescriptor(9);
    }

    static KernelSocket.Builder socket(SocketAddress local, SocketAddress remote, TcpState state) {
        return KernelSocket.newBuilder()
                .setLocal(local)
                .setRemote(remote)
                .setState(state)
                .setInode(1)
                .setCookie(local.getPort())
                .setReceiveQueue(5)
                .setSendQueue(0);
    }

    static SocketReport socketReport() {
        return SocketReport.newBuilder()
                .setHostId(HOST)
                .setBootId(BOOT)
                .setAgentEpoch(EPOCH)
                .setNetworkNamespace(NAMESPACE)
                .setPollId(0)
                .setFull(true)
                .setLastOfPoll(true)
                .setTimeNs(START)
                .setSockets(List.of())
                .setGone(List.of())
                .build();
    }
}
