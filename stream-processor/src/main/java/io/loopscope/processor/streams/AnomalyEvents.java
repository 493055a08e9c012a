package io.loopscope.processor.streams;

import io.loopscope.processor.detect.AnomalyChange;
import io.loopscope.processor.detect.ClearReason;
import io.loopscope.processor.detect.ConnectionView;
import io.loopscope.processor.detect.Listener;
import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.Role;
import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.AnomalyScope;
import io.loopscope.schemas.v1.AnomalyStage;
import io.loopscope.schemas.v1.Evidence;
import io.loopscope.schemas.v1.Severity;
import io.loopscope.schemas.v1.SocketAddress;
import io.loopscope.schemas.v1.TcpState;
import org.jspecify.annotations.Nullable;

/** What the detector tells about anomalies, as records of the contract. */
final class AnomalyEvents {
    private AnomalyEvents() {}

    static AnomalyEvent of(String hostId, AnomalyChange change) {
        AnomalyEvent.Builder event = AnomalyEvent.newBuilder()
                .setAnomalyId(change.id())
                .setEventId(change.eventId())
                .setName(change.name().name())
                .setStage(AnomalyStage.valueOf(change.stage().name()))
                .setSeverity(Severity.valueOf(change.severity().name()))
                .setTimeNs(change.timeNanos())
                .setSinceNs(change.sinceNanos())
                .setScope(AnomalyScope.valueOf(change.scope().name()))
                .setHostId(hostId)
                .setNetworkNamespace(networkNamespace(change))
                .setServer(listener(change.listener()))
                .setEnd(Words.endOrNull(change.end()))
                .setClientState(TcpState.UNKNOWN)
                .setServerState(TcpState.UNKNOWN)
                .setEvidence(Evidence.valueOf(change.evidence().name()))
                .setConfidence(change.confidence())
                .setExplain(change.explain())
                .setAdvice(change.name().advice())
                .setRunbook(change.name().runbook())
                .setRfcSection(change.name().rfcSection())
                .setCount(change.count())
                .setExamples(change.examples())
                .setAttributes(change.attributes())
                .setClientProcess(change.clientProcess())
                .setServerProcess(change.serverProcess())
                .setClearReason(clearReason(change.clearReason()));
        ConnectionView connection = change.connection();
        if (connection != null) {
            about(event, connection);
        }
        return event.build();
    }

    private static void about(AnomalyEvent.Builder event, ConnectionView connection) {
        event.setConnectionId(connection.id())
                .setClient(Sockets.published(connection.address(Role.CLIENT), connection.port(Role.CLIENT)))
                .setServer(Sockets.published(connection.address(Role.SERVER), connection.port(Role.SERVER)))
                .setClientState(Words.state(connection.clientState()))
                .setClientStateSinceNs(since(connection.clientSinceNanos()))
                .setServerState(Words.state(connection.serverState()))
                .setServerStateSinceNs(since(connection.serverSinceNanos()))
                .setHistory(connection.history());
    }

    private static @Nullable Long since(long nanos) {
        return nanos == Connection.NEVER ? null : nanos;
    }

    private static long networkNamespace(AnomalyChange change) {
        ConnectionView connection = change.connection();
        if (connection != null) {
            return connection.tuple().networkNamespace();
        }
        Listener listener = change.listener();
        return listener == null ? 0 : listener.networkNamespace();
    }

    private static @Nullable SocketAddress listener(@Nullable Listener listener) {
        return listener == null ? null : Sockets.published(listener.address(), listener.port());
    }

    private static @Nullable String clearReason(@Nullable ClearReason reason) {
        return reason == null ? null : reason.text();
    }
}
