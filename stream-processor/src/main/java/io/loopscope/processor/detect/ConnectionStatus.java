package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.CloseReason;
import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a connection now.
 *
 * @param view who it is, and its states
 * @param closed it is over, and remembered for late segments
 * @param summary what each end has sent so far; its {@code endReason} is empty while the connection is open
 * @param client what segments and socket table say of the client's end
 * @param server of the server's
 * @param anomalies what is wrong with it now, told or not
 */
public record ConnectionStatus(
        ConnectionView view,
        boolean closed,
        ConnectionSummary summary,
        End client,
        End server,
        List<OpenAnomaly> anomalies) {

    /**
     * What both sources say of one end.
     *
     * @param wire state by the segments; CLOSED when none was seen
     * @param kernel state by the socket table; null when it says nothing
     * @param process who holds the socket, as {@code name[pid]}; null when unknown
     */
    public record End(
            TcpState wire,
            @Nullable TcpState kernel,
            @Nullable String process) {}

    /**
     * An open anomaly of a connection.
     *
     * @param id its id, for its whole life
     * @param name name in the catalogue
     * @param severity how bad it is now
     * @param end which end is to blame
     * @param sinceNanos since when the condition holds, by the host's clock
     * @param openedNanos when it was opened
     * @param published how it is told
     */
    public record OpenAnomaly(
            String id,
            AnomalyName name,
            Severity severity,
            Role end,
            long sinceNanos,
            long openedNanos,
            Published published) {}

    /** How an open anomaly is told on the topic of anomalies. */
    public enum Published {
        /** As an anomaly of its own. */
        SINGLY,
        /** In the listener's anomaly of that name. */
        ROLLED_UP,
        /** As part of another anomaly of the listener. */
        FOLDED,
        /** Not at all: settings want it only counted. */
        COUNTED
    }

    /** What one end has sent. */
    public ConnectionSummary.Sent sent(Role role) {
        return role == Role.CLIENT ? summary.clientToServer() : summary.serverToClient();
    }

    /** What both sources say of an end. */
    public End end(Role role) {
        return role == Role.CLIENT ? client : server;
    }

    static ConnectionStatus of(Tracked tracked) {
        Side client = tracked.client();
        return new ConnectionStatus(
                tracked.view(),
                tracked.isClosed(),
                Summaries.of(tracked, endReason(tracked)),
                end(tracked, client),
                end(tracked, client.peer()),
                tracked.conditions.stream()
                        .filter(Condition::isOpen)
                        .map(condition -> anomaly(tracked, condition))
                        .toList());
    }

    private static String endReason(Tracked tracked) {
        if (!tracked.isClosed()) {
            return "";
        }
        Connection connection = tracked.connection;
        CloseReason reason = connection.closeReason();
        // Only the kernel knows: it left the table without a segment.
        return reason == null ? Summaries.EXPIRED : Summaries.endReason(reason);
    }

    private static End end(Tracked tracked, Side side) {
        Verdict verdict = Verdict.of(tracked, side);
        return new End(verdict.wire(), verdict.kernel(), Processes.text(tracked, side));
    }

    private static OpenAnomaly anomaly(Tracked tracked, Condition condition) {
        return new OpenAnomaly(
                condition.id(),
                condition.name,
                condition.severity,
                tracked.role(condition.blamed()),
                condition.sinceNanos,
                condition.openedNanos,
                Published.valueOf(condition.telling.name()));
    }
}
