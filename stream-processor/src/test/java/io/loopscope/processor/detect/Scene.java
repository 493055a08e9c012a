package io.loopscope.processor.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.tcp.Address;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Options;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpFlags;
import io.loopscope.processor.tcp.TcpSettings;
import io.loopscope.processor.tcp.TcpState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host, played by a script in the notation of the RFC's figures. The client is on the left.
 *
 * <pre>
 * +0.0  SYN-SENT    --&gt; &lt;SEQ=99&gt;&lt;CTL=SYN&gt;   --&gt; SYN-RECEIVED      states after the segment; may be left out
 * +5.0  --&gt; &lt;SEQ=100&gt;&lt;ACK=300&gt;&lt;CTL=ACK&gt;&lt;DATA=10&gt;&lt;WND=0&gt;
 * +59.9 reports nothing                                                 all stages told since the last such line
 * +0.1  reports OPENED CLOSE_WAIT_STUCK server, CLEARED RESET reset
 * </pre>
 *
 * What is told after the last {@code reports} line fails the script.
 */
final class Scene {

    static final long SECOND = 1_000_000_000L;
    static final long START = 1_700_000_000L * SECOND;
    static final Address LOOPBACK = Address.LOOPBACK_4;
    static final int SERVER_PORT = 13306;

    private static final Pattern LINE = Pattern.compile("\\+([0-9.]+)\\s+(.*)");
    private static final Pattern SEGMENT =
            Pattern.compile("(?:([A-Z0-9-]+)\\s+)?(-->|<--)\\s+(<.*>)(?:\\s+(?:-->|<--)\\s+([A-Z0-9-]+))?");
    private static final Pattern FIELD = Pattern.compile("<([A-Z]+)=([^>]*)>");

    final HostMonitor monitor;
    final Step step = new Step();
    final List<AnomalyChange> anomalies = new ArrayList<>();
    final List<ConnectionChange> connections = new ArrayList<>();
    final List<CensusChange> census = new ArrayList<>();
    private final List<AnomalyChange> untold = new ArrayList<>();
    long now = START;

    Scene() {
        this(DetectorSettings.defaults());
    }

    Scene(DetectorSettings settings) {
        monitor = new HostMonitor("host-1", 0, settings, TcpSettings.DEFAULT);
    }

    static void play(String script) {
        new Scene().run(script);
    }

    /** With the client on port 50000. */
    Scene run(String script) {
        return run(50_000, script);
    }

    Scene run(int clientPort, String script) {
        for (String line : script.lines().toList()) {
            String text = line.replaceAll("\\s+#.*", "").strip();
            if (!text.isEmpty()) {
                try {
                    line(clientPort, text);
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError("at: " + line + "\n" + e, e);
                }
            }
        }
        assertThat(told()).as("told after the last line").isEmpty();
        return this;
    }

    private void line(int clientPort, String text) {
        Matcher line = LINE.matcher(text);
        if (!line.matches()) {
            throw new IllegalArgumentException("no time: " + text);
        }
        now += Math.round(Double.parseDouble(line.group(1)) * SECOND);
        String rest = line.group(2);
        if (rest.startsWith("reports ")) {
            advance();
            String expected = rest.substring("reports ".length()).strip();
            assertThat(told()).isEqualTo(expected.equals("nothing") ? "" : expected.replaceAll("\\s*,\\s*", ", "));
            return;
        }
        Matcher segment = SEGMENT.matcher(rest);
        if (!segment.matches()) {
            throw new IllegalArgumentException("no segment: " + rest);
        }
        send(clientPort, segment.group(2).equals("-->"), segment.group(3));
        states(clientPort, segment.group(1), segment.group(4));
    }

    /** One segment at the current time. */
    Scene send(int clientPort, boolean byClient, String fields) {
        FourTuple tuple = tuple(clientPort);
        Side client = FourTuple.side(LOOPBACK, clientPort, LOOPBACK, SERVER_PORT);
        int sequence = 0;
        int acknowledgment = 0;
        int flags = 0;
        int window = 1000;
        long data = 0;
        Matcher field = FIELD.matcher(fields);
        while (field.find()) {
            String value = field.group(2);
            switch (field.group(1)) {
                case "SEQ" -> sequence = (int) Long.parseLong(value);
                case "ACK" -> acknowledgment = (int) Long.parseLong(value);
                case "WND" -> window = Integer.parseInt(value);
                case "DATA" -> data = Long.parseLong(value);
                case "CTL" -> flags = flags(value);
                default -> throw new IllegalArgumentException("no field " + field.group(1));
            }
        }
        Side sender = byClient ? client : client.peer();
        Segment segment =
                new Segment(sender, now, flags, sequence, acknowledgment, window, data, 0, Options.NONE, null);
        monitor.segment(tuple, segment, step);
        take();
        return this;
    }

    /** A handshake at the current time. */
    Scene connects(int clientPort) {
        return connects(clientPort, 99);
    }

    Scene connects(int clientPort, long clientIsn) {
        send(clientPort, true, "<SEQ=" + clientIsn + "><CTL=SYN>");
        send(clientPort, false, "<SEQ=299><ACK=" + (clientIsn + 1) + "><CTL=SYN,ACK>");
        return send(clientPort, true, "<SEQ=" + (clientIsn + 1) + "><ACK=300><CTL=ACK>");
    }

    /** The client of a fresh connection closes, the server acknowledges. */
    Scene clientCloses(int clientPort) {
        send(clientPort, true, "<SEQ=100><ACK=300><CTL=FIN,ACK>");
        return send(clientPort, false, "<SEQ=300><ACK=101><CTL=ACK>");
    }

    /** Then the server closes. */
    Scene serverCloses(int clientPort) {
        send(clientPort, false, "<SEQ=300><ACK=101><CTL=FIN,ACK>");
        return send(clientPort, true, "<SEQ=101><ACK=301><CTL=ACK>");
    }

    Scene advance(double seconds) {
        now += Math.round(seconds * SECOND);
        return advance();
    }

    private Scene advance() {
        monitor.advance(now, step);
        take();
        return this;
    }

    /** Moves what was published into the lists. */
    void take() {
        for (Output output : step.outputs()) {
            if (output instanceof AnomalyChange anomaly) {
                anomalies.add(anomaly);
                untold.add(anomaly);
            } else if (output instanceof ConnectionChange connection) {
                connections.add(connection);
            } else if (output instanceof CensusChange count) {
                census.add(count);
            }
        }
        step.clearOutputs();
    }

    /** Stages told since the last call: {@code OPENED NAME end} or {@code CLEARED NAME reason}. */
    String told() {
        List<String> told = new ArrayList<>();
        for (AnomalyChange change : untold) {
            String detail;
            if (change.clearReason() != null) {
                detail = change.clearReason().text();
            } else if (change.end() != null) {
                detail = change.end().name().toLowerCase(Locale.ROOT);
            } else {
                detail = change.scope().name().toLowerCase(Locale.ROOT);
            }
            told.add(change.stage() + " " + change.name() + " " + detail);
        }
        untold.clear();
        return String.join(", ", told);
    }

    AnomalyChange last() {
        return anomalies.get(anomalies.size() - 1);
    }

    static FourTuple tuple(int clientPort) {
        return FourTuple.of(0, LOOPBACK, clientPort, LOOPBACK, SERVER_PORT);
    }

    private void states(int clientPort, String clientState, String serverState) {
        ConnectionChange last = null;
        for (ConnectionChange change : connections) {
            if (change.connection().tuple().equals(tuple(clientPort))) {
                last = change;
            }
        }
        if (clientState != null) {
            assertThat(last).isNotNull();
            assertThat(last.connection().clientState()).isEqualTo(state(clientState));
        }
        if (serverState != null) {
            assertThat(last).isNotNull();
            assertThat(last.connection().serverState()).isEqualTo(state(serverState));
        }
    }

    private static TcpState state(String text) {
        return TcpState.valueOf(text.replace('-', '_'));
    }

    private static int flags(String names) {
        int flags = 0;
        for (String name : names.split(",")) {
            flags |= switch (name) {
                case "SYN" -> TcpFlags.SYN;
                case "ACK" -> TcpFlags.ACK;
                case "FIN" -> TcpFlags.FIN;
                case "RST" -> TcpFlags.RST;
                case "" -> 0;
                default -> throw new IllegalArgumentException("no flag " + name);
            };
        }
        return flags;
    }
}
