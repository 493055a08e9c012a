package io.loopscope.standalone.observe;

import io.loopscope.schemas.v1.ConnectionEvent;
import io.loopscope.schemas.v1.ConnectionEventType;
import io.loopscope.schemas.v1.End;
import io.loopscope.schemas.v1.SegmentSummary;
import io.loopscope.schemas.v1.TcpState;
import io.loopscope.settings.terminal.Palette;
import io.loopscope.settings.terminal.SafeText;

/**
 * A connection event as tcpdump would print it, with what it did to both ends:
 *
 * <pre>
 * 127.0.0.1:59994 > 127.0.0.1:13306 [F.]  seq 71 ack 93   client ESTABLISHED→FIN_WAIT_1  server ESTABLISHED→CLOSE_WAIT
 * </pre>
 */
final class ConnectionText {
    /** So wide is 127.0.0.1 with a port of five digits. */
    private static final int SOCKET = 15;

    private static final int FLAGS = 5;
    /** So wide is the second segment of a handshake, whose sequence number is absolute. */
    private static final int NUMBERS = 20;
    /** So wide is the longest single change, {@code client ESTABLISHED→FIN_WAIT_1}. */
    private static final int CHANGE = 29;

    private ConnectionText() {}

    static String of(ConnectionEvent event, Palette palette) {
        var cause = event.getCause();
        var line = new StringBuilder();
        if (cause == null) {
            line.append(sockets(SocketText.of(event.getClient()), '-', SocketText.of(event.getServer())));
            line.append(' ').append(pad("timer", FLAGS + 1 + NUMBERS));
        } else {
            boolean fromServer = cause.getSender() == End.SERVER;
            line.append(sockets(
                    SocketText.of(fromServer ? event.getServer() : event.getClient()),
                    '>',
                    SocketText.of(fromServer ? event.getClient() : event.getServer())));
            line.append(' ').append(pad('[' + SafeText.of(cause.getFlags()) + ']', FLAGS));
            line.append(' ').append(pad(numbers(cause), NUMBERS));
        }
        line.append("  ").append(end(event, End.CLIENT, palette));
        line.append("  ").append(end(event, End.SERVER, palette));
        return (line.toString().stripTrailing() + note(event)).stripTrailing();
    }

    private static String sockets(String from, char arrow, String to) {
        return pad(from, SOCKET) + ' ' + arrow + ' ' + pad(to, SOCKET);
    }

    private static String numbers(SegmentSummary cause) {
        var text = new StringBuilder("seq ").append(Long.toUnsignedString(cause.getRelativeSequence()));
        if (cause.getFlags().indexOf('.') >= 0) {
            text.append(" ack ").append(Long.toUnsignedString(cause.getRelativeAcknowledgment()));
        }
        if (cause.getPayloadOctets() > 0) {
            text.append(" length ").append(cause.getPayloadOctets());
        }
        return text.toString();
    }

    /** {@code server ESTABLISHED→CLOSE_WAIT→LAST_ACK}, or the state alone when it stayed; what changed stands out. */
    private static String end(ConnectionEvent event, End end, Palette palette) {
        var role = end == End.CLIENT ? "client " : "server ";
        var path = new StringBuilder();
        for (var change : event.getChanges()) {
            if (change.getEnd() == end) {
                if (path.isEmpty()) {
                    path.append(change.getFrom());
                }
                path.append('→').append(change.getTo());
            }
        }
        TcpState state = end == End.CLIENT ? event.getClientState() : event.getServerState();
        var text = pad(role + (path.isEmpty() ? state : path), CHANGE);
        return path.isEmpty() ? palette.dim(text) : text;
    }

    private static String note(ConnectionEvent event) {
        var summary = event.getSummary();
        if (event.getType() == ConnectionEventType.CLOSED && summary != null) {
            var out = summary.getClientToServer();
            var back = summary.getServerToClient();
            return "  %s, %s after %s: %d+%d segments, %d+%d octets, %s"
                    .formatted(
                            SafeText.of(summary.getEndReason()),
                            SafeText.of(summary.getConnState()),
                            TimeText.span(summary.getEndedNs() - summary.getStartedNs()),
                            out.getSegments(),
                            back.getSegments(),
                            out.getOctets(),
                            back.getOctets(),
                            SafeText.of(event.getHistory()));
        }
        return event.getType() == ConnectionEventType.OPENED && event.getPartial() ? "  began before the capture" : "";
    }

    private static String pad(String text, int width) {
        return text.length() >= width ? text : text + " ".repeat(width - text.length());
    }
}
