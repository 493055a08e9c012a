package io.loopscope.standalone.observe;

import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.AnomalyScope;
import io.loopscope.schemas.v1.AnomalyStage;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CaptureStatistics;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.CensusCount;
import io.loopscope.schemas.v1.ConnectionEvent;
import io.loopscope.schemas.v1.ConnectionEventType;
import io.loopscope.schemas.v1.ConnectionRef;
import io.loopscope.schemas.v1.ConnectionSummary;
import io.loopscope.schemas.v1.End;
import io.loopscope.schemas.v1.EndSummary;
import io.loopscope.schemas.v1.Evidence;
import io.loopscope.schemas.v1.Fidelity;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.schemas.v1.Initiator;
import io.loopscope.schemas.v1.Run;
import io.loopscope.schemas.v1.SegmentSummary;
import io.loopscope.schemas.v1.Severity;
import io.loopscope.schemas.v1.Side;
import io.loopscope.schemas.v1.SocketAddress;
import io.loopscope.schemas.v1.StateChange;
import io.loopscope.schemas.v1.TcpState;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Records of one connection, 127.0.0.1:59994 to a MySQL server on port 13306. */
public final class Samples {
    /** 2025-11-22T12:00:01.123456789Z. */
    public static final long TIME = TimeText.nanos(Instant.parse("2025-11-22T12:00:01.123456789Z"));

    static final long SECOND = 1_000_000_000;

    private Samples() {}

    static SocketAddress socket(int port) {
        return SocketAddress.newBuilder()
                .setAddress(ByteBuffer.wrap(new byte[] {127, 0, 0, 1}))
                .setPort(port)
                .build();
    }

    static ConnectionEvent.Builder event(ConnectionEventType type) {
        return ConnectionEvent.newBuilder()
                .setEventId("c1/3")
                .setType(type)
                .setTimeNs(TIME)
                .setConnectionId("c1")
                .setHostId("web-1")
                .setNetworkNamespace(4026531840L)
                .setClient(socket(59994))
                .setServer(socket(13306))
                .setInitiator(Initiator.SYN)
                .setPartial(false)
                .setHistory("ShADadF")
                .setCommunityId("1:abc=");
    }

    static StateChange change(End end, TcpState from, TcpState to) {
        return new StateChange(end, from, to);
    }

    public static ConnectionEvent clientCloses() {
        return event(ConnectionEventType.STATE_CHANGED)
                .setClientState(TcpState.FIN_WAIT_1)
                .setServerState(TcpState.CLOSE_WAIT)
                .setChanges(List.of(
                        change(End.CLIENT, TcpState.ESTABLISHED, TcpState.FIN_WAIT_1),
                        change(End.SERVER, TcpState.ESTABLISHED, TcpState.CLOSE_WAIT)))
                .setCause(new SegmentSummary(End.CLIENT, "F.", 71L, 93L, 512, 0L))
                .build();
    }

    static ConnectionEvent opened() {
        return event(ConnectionEventType.OPENED)
                .setClientState(TcpState.SYN_SENT)
                .setServerState(TcpState.LISTEN)
                .setChanges(List.of(change(End.CLIENT, TcpState.CLOSED, TcpState.SYN_SENT)))
                .setCause(new SegmentSummary(End.CLIENT, "S", 4_294_967_295L, 0L, 65495, 0L))
                .build();
    }

    static ConnectionEvent closedByTimer() {
        return event(ConnectionEventType.CLOSED)
                .setTimeNs(TIME + 60 * SECOND)
                .setClientState(TcpState.CLOSED)
                .setServerState(TcpState.CLOSED)
                .setChanges(List.of(change(End.CLIENT, TcpState.TIME_WAIT, TcpState.CLOSED)))
                .setSummary(ConnectionSummary.newBuilder()
                        .setStartedNs(TIME - 1_500_000_000)
                        .setEndedNs(TIME)
                        .setConnState("SF")
                        .setEndReason("closed")
                        .setHandshakeRttNs(42_000L)
                        .setClientToServer(new EndSummary(9L, 71L, 71L, 0L, 0L, 0L, 0L))
                        .setServerToClient(new EndSummary(8L, 93L, 93L, 0L, 0L, 0L, 0L))
                        .build())
                .build();
    }

    public static AnomalyEvent.Builder anomaly() {
        return AnomalyEvent.newBuilder()
                .setAnomalyId("a1")
                .setEventId("a1/0")
                .setName("CLOSE_WAIT_STUCK")
                .setStage(AnomalyStage.OPENED)
                .setSeverity(Severity.WARNING)
                .setTimeNs(TIME + 60 * SECOND)
                .setSinceNs(TIME)
                .setScope(AnomalyScope.CONNECTION)
                .setHostId("web-1")
                .setNetworkNamespace(4026531840L)
                .setConnectionId("c1")
                .setClient(socket(59994))
                .setServer(socket(13306))
                .setEnd(End.SERVER)
                .setClientState(TcpState.FIN_WAIT_2)
                .setClientStateSinceNs(TIME + 40_000_000)
                .setServerState(TcpState.CLOSE_WAIT)
                .setServerStateSinceNs(TIME)
                .setEvidence(Evidence.WIRE)
                .setConfidence(1)
                .setExplain("The server got the client's FIN and acknowledged it, but has not closed its own side.")
                .setAdvice("Find the connection that the server forgot to close.")
                .setServerProcess("mysqld[4711]")
                .setAttributes(Map.of("threshold", "60s"));
    }

    static CensusCount census() {
        return new CensusCount(
                "web-1", 4026531840L, socket(13306), End.SERVER, TcpState.CLOSE_WAIT, 3L, Evidence.WIRE, TIME, null);
    }

    static CaptureBatch batch(long skipped) {
        var syn = CapturedSegment.newBuilder()
                .setConnection(0)
                .setSender(Side.HIGH)
                .setTimeDeltaNs(0)
                .setFlags(2)
                .setSequence(4_294_967_295L)
                .setAcknowledgment(0)
                .setWindow(65495)
                .setPayloadOctets(0)
                .setMaximumSegmentSize(65495)
                .setSackPermitted(true)
                .setTimestampValue(7L)
                .setTimestampEcho(0L)
                .setWindowScale(7)
                .build();
        var run = CapturedSegment.newBuilder()
                .setConnection(0)
                .setSender(Side.LOW)
                .setTimeDeltaNs(1_000_000)
                .setFlags(24)
                .setSequence(100)
                .setAcknowledgment(0)
                .setWindow(512)
                .setPayloadOctets(3000)
                .setRun(Run.newBuilder()
                        .setSegments(3)
                        .setLastTimeDeltaNs(250_000)
                        .setNextSequence(3100)
                        .setLastAcknowledgment(40)
                        .setLastWindow(500)
                        .setMinWindow(500)
                        .setMaxWindow(512)
                        .build())
                .build();
        return CaptureBatch.newBuilder()
                .setHostId("web-1")
                .setBootId("b")
                .setAgentEpoch(TIME - SECOND)
                .setNetworkNamespace(4026531840L)
                .setInterface$("lo")
                .setBatchSequence(5)
                .setBaseTimeNs(TIME)
                .setSkippedBefore(skipped)
                .setConnections(List.of(new ConnectionRef(socket(13306), socket(59994), Fidelity.ALL)))
                .setSegments(List.of(syn, run))
                .build();
    }

    static Heartbeat heartbeat() {
        return Heartbeat.newBuilder()
                .setHostId("web-1")
                .setBootId("b")
                .setAgentEpoch(TIME - SECOND)
                .setAgentVersion("0.1.0")
                .setNetworkNamespace(4026531840L)
                .setInterfaces(List.of("lo"))
                .setWatermarkNs(TIME)
                .setIntervalMs(1000)
                .setNextBatchSequence(6)
                .setStatistics(CaptureStatistics.newBuilder()
                        .setSeen(100)
                        .setKernelDropped(1)
                        .setInterfaceDropped(2)
                        .setQueueDropped(3)
                        .setShed(4)
                        .setShedData(3)
                        .setShedAcknowledgments(1)
                        .setCoalesced(20)
                        .setEvicted(10)
                        .setRingFreezes(11)
                        .setCapturedTwice(12)
                        .setExcludedOwn(5)
                        .setExcludedBySetting(6)
                        .setMalformed(7)
                        .setNotTcp(8)
                        .setPublished(64)
                        .setPublishFailed(9)
                        .setByReason(Map.of("truncated", 15L))
                        .build())
                .build();
    }
}
