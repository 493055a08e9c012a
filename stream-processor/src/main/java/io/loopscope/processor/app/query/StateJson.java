package io.loopscope.processor.app.query;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.loopscope.processor.detect.ConnectionStatus;
import io.loopscope.processor.detect.ConnectionStatus.OpenAnomaly;
import io.loopscope.processor.detect.ConnectionSummary;
import io.loopscope.processor.detect.ConnectionView;
import io.loopscope.processor.detect.Evidence;
import io.loopscope.processor.detect.HostStatus;
import io.loopscope.processor.detect.Listener;
import io.loopscope.processor.detect.ListenerStatus;
import io.loopscope.processor.streams.StateReader.Host;
import io.loopscope.processor.streams.StateReader.HostConnection;
import io.loopscope.processor.streams.StateReader.HostListener;
import io.loopscope.processor.tcp.Address;
import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.TcpState;
import io.loopscope.schemas.ConnectionKey;
import java.util.List;
import java.util.Locale;

/** What the stores hold, as JSON; names as in {@code analyze -o json} where there are such. */
final class StateJson {
    /** Those that count for the census, by the sources that are told apart. */
    static final List<Evidence> SOURCES = List.of(Evidence.WIRE, Evidence.KERNEL);

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final double NANOS = 1e9;

    private StateJson() {}

    /** A host and how the watching of it goes: what was lost comes first. */
    static ObjectNode host(Host host, int partition, long nowNanos) {
        HostStatus status = host.status();
        ObjectNode object = JSON.objectNode();
        object.put("host_id", host.hostId()).put("network_namespace", host.networkNamespace());
        object.putObject("lost")
                .put("segments", status.lostSegments())
                .put("last", Times.iso(status.lastLossNanos()))
                .put("capture_trusted", status.trusted());
        object.put("presence", lower(status.presence()));
        object.put(
                "silent",
                status.presence() == HostStatus.Presence.SILENT || status.presence() == HostStatus.Presence.GIVEN_UP);
        object.put("watermark", Times.iso(status.watermarkNanos()));
        object.put("watermark_lag_seconds", lagSeconds(status, nowNanos));
        object.put("clock", Times.iso(status.clockNanos()));
        object.put("agent_started", Times.iso(status.agentEpochNanos()));
        object.put("boot_id", status.bootId());
        object.put("heartbeat_interval_seconds", status.intervalNanos() / NANOS);
        object.put("partition", partition);
        return object;
    }

    /** How far the host's watermark is behind this machine's clock; 0 when it is ahead. */
    static double lagSeconds(HostStatus status, long nowNanos) {
        return Math.max(0, nowNanos - status.watermarkNanos()) / NANOS;
    }

    /** A listener with how many ends are in which state. */
    static ObjectNode listener(HostListener of) {
        ListenerStatus status = of.status();
        ObjectNode object = JSON.objectNode();
        object.put("host_id", of.hostId())
                .put("network_namespace", status.listener().networkNamespace())
                .put("server", text(status.listener()))
                .put("listening", status.listening())
                .put("process", status.process())
                .put("agreement_ratio", status.agreement());
        for (Evidence source : SOURCES) {
            ObjectNode counts = object.putObject(lower(source));
            for (Role end : Role.values()) {
                ObjectNode states = counts.putObject(lower(end));
                for (TcpState state : TcpState.values()) {
                    states.put(state.name(), status.count(end, state, source));
                }
            }
        }
        return object;
    }

    /** A connection, with the names of what is wrong with it. */
    static ObjectNode connection(HostConnection of) {
        ConnectionStatus status = of.status();
        ConnectionView view = status.view();
        ConnectionSummary summary = status.summary();
        ObjectNode object = JSON.objectNode();
        object.put("host_id", of.key().hostId())
                .put("connection_id", view.id())
                .put("key", of.key().toString())
                .put("network_namespace", of.key().networkNamespace())
                .put("client", socket(view, Role.CLIENT))
                .put("server", socket(view, Role.SERVER))
                .put("initiator", lower(view.initiator()))
                .put("partial", view.partial())
                .put("closed", status.closed())
                .put("end_reason", summary.endReason().isEmpty() ? null : summary.endReason())
                .put("client_state", view.clientState().name())
                .put("client_state_since", Times.iso(view.clientSinceNanos()))
                .put("server_state", view.serverState().name())
                .put("server_state_since", Times.iso(view.serverSinceNanos()))
                .put("started", Times.iso(summary.startedNanos()))
                .put("last", Times.iso(summary.endedNanos()))
                .put("conn_state", summary.connState())
                .put("history", view.history())
                .put("community_id", view.tuple().communityId())
                .put("handshake_rtt_ns", summary.handshakeRttNanos());
        for (Role end : Role.values()) {
            end(object, lower(end), status, end);
        }
        ArrayNode anomalies = object.putArray("anomalies");
        status.anomalies().forEach(anomaly -> anomalies.add(anomaly(anomaly)));
        return object;
    }

    private static void end(ObjectNode object, String role, ConnectionStatus status, Role end) {
        ConnectionStatus.End of = status.end(end);
        ConnectionSummary.Sent sent = status.sent(end);
        object.put(role + "_wire_state", of.wire().name())
                .put(
                        role + "_kernel_state",
                        of.kernel() == null ? null : of.kernel().name())
                .put(role + "_process", of.process())
                .put(role + "_packets", sent.segments())
                .put(role + "_bytes", sent.octets())
                .put(role + "_unique_bytes", sent.uniqueOctets())
                .put(role + "_retransmissions", sent.retransmissions())
                .put(role + "_out_of_order", sent.outOfOrder())
                .put(role + "_zero_windows", sent.zeroWindows())
                .put(role + "_missed_bytes", sent.missedOctets());
    }

    private static ObjectNode anomaly(OpenAnomaly anomaly) {
        return JSON.objectNode()
                .put("anomaly_id", anomaly.id())
                .put("name", anomaly.name().name())
                .put("severity", lower(anomaly.severity()))
                .put("end", lower(anomaly.end()))
                .put("since", Times.iso(anomaly.sinceNanos()))
                .put("opened", Times.iso(anomaly.openedNanos()))
                .put("published", lower(anomaly.published()));
    }

    static String text(Listener listener) {
        return text(listener.address(), listener.port());
    }

    private static String socket(ConnectionView view, Role role) {
        return text(view.address(role), view.port(role));
    }

    private static String text(Address address, int port) {
        return ConnectionKey.text(ConnectionKey.socket(address.octets(), port));
    }

    static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
