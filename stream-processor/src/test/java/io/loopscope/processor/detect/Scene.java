package io.loopscope.processor.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.tcp.Address;
import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.FigureScript;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpSettings;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A host, played by {@link FigureScript figure scripts}; the client is on the left. What stands after {@code |} is every
 * stage of an anomaly that is told on that line: {@code OPENED NAME end} (or what it is about), {@code CLEARED NAME
 * reason}. Without a {@code |} nothing may be told.
 *
 * <p>{@link #play} plays a script plainly; with every segment applied twice; with the host stored and restored before each
 * line; and with time passing in small steps. All must come out the same.
 */
final class Scene {

    static final long SECOND = 1_000_000_000L;
    static final long START = FigureScript.START_NANOS;
    static final Address LOOPBACK = Address.LOOPBACK_4;
    static final int CLIENT_PORT = 50_000;
    static final int SERVER_PORT = 13306;

    private enum Variant {
        PLAIN,
        EVERY_SEGMENT_TWICE,
        STORED_AT_EVERY_LINE,
        SMALL_STEPS
    }

    private final Variant variant;
    private final DetectorSettings settings;
    private final HostStore store;
    HostMonitor monitor;
    final Step step;
    final List<AnomalyChange> anomalies = new ArrayList<>();
    final List<ConnectionChange> connections = new ArrayList<>();
    final List<CensusChange> census = new ArrayList<>();
    private final List<AnomalyChange> untold = new ArrayList<>();
    long now = START;
    /** Of the connections only segments with SYN, FIN, RST or a window of 0 are captured. */
    boolean controlOnly;

    Scene() {
        this(DetectorSettings.defaults());
    }

    Scene(DetectorSettings settings) {
        this(settings, Variant.PLAIN);
    }

    /** A host under default settings that goes on, or does not, when the detector fails. */
    Scene(Step step) {
        this(DetectorSettings.defaults(), Variant.PLAIN, step);
    }

    private Scene(DetectorSettings settings, Variant variant) {
        this(settings, variant, new Step());
    }

    private Scene(DetectorSettings settings, Variant variant, Step step) {
        this.step = step;
        this.settings = settings;
        this.variant = variant;
        monitor = new HostMonitor("host-1", 0, settings, TcpSettings.DEFAULT);
        store = new HostStore(monitor);
    }

    /** Plays in all variants; the result is the plain play's. */
    static Scene play(String script) {
        return play(DetectorSettings.defaults(), script);
    }

    static Scene play(DetectorSettings settings, String script) {
        Scene plain = new Scene(settings).run(script);
        for (Variant variant : Variant.values()) {
            Scene scene = new Scene(settings, variant).run(script);
            assertThat(scene.anomalies)
                    .as("%s", variant)
                    .extracting(change -> List.<Object>of(change.eventId(), change.timeNanos()))
                    .isEqualTo(plain.anomalies.stream()
                            .map(change -> List.<Object>of(change.eventId(), change.timeNanos()))
                            .toList());
        }
        return plain;
    }

    /** Plays from now on. */
    Scene run(String script) {
        long begin = now - START;
        for (FigureScript.Line line : FigureScript.parse(script)) {
            play(line, begin + line.atNanos());
        }
        return this;
    }

    private void play(FigureScript.Line line, long at) {
        if (variant == Variant.STORED_AT_EVERY_LINE) {
            monitor = store.restore(settings, step);
        }
        for (int i = 1; variant == Variant.SMALL_STEPS && i < 5; i++) {
            monitor.advance(now + (at - now) / 5 * i, step);
            take();
        }
        now = at;
        if (line.silent()) {
            advance();
        } else {
            Segment made = line.segment(
                    line.fromLeft() ? client(CLIENT_PORT) : client(CLIENT_PORT).peer(), 0);
            for (int i = 0; i < (variant == Variant.EVERY_SEGMENT_TWICE ? 2 : 1); i++) {
                apply(CLIENT_PORT, at(made));
            }
        }
        String where = variant + ", line " + line.number() + ": " + line.source();
        assertThat(told()).as(where).isEqualTo(String.join(", ", line.expectations()));
        assertThat(states()).as(where).isEqualTo(line.left() + " | " + line.right());
    }

    private Segment at(Segment made) {
        return new Segment(
                made.sender(),
                now,
                made.flags(),
                made.sequence(),
                made.acknowledgment(),
                made.window(),
                made.payloadOctets(),
                made.urgentPointer(),
                made.options(),
                made.run());
    }

    /** One segment at the current time, in the notation of figures: {@code <SEQ=99><CTL=SYN>}. */
    Scene send(int clientPort, boolean byClient, String elements) {
        String arrow = byClient ? "-->" : "<--";
        FigureScript.Line line = FigureScript.parse("+0 CLOSED " + arrow + " " + elements + " " + arrow + " CLOSED")
                .get(0);
        Side client = client(clientPort);
        apply(clientPort, at(line.segment(byClient ? client : client.peer(), 0)));
        return this;
    }

    private void apply(int clientPort, Segment segment) {
        monitor.segment(tuple(clientPort), segment, controlOnly, step);
        take();
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

    /** Moves what was published into the lists, and stores the rest. */
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
        store.take(monitor, step);
    }

    /** The host goes on with other settings, as after a restart. */
    Scene restart(DetectorSettings other) {
        monitor = store.restore(other, step);
        take();
        return this;
    }

    /** The steps have named everything that would be stored now. */
    void assertStored() {
        store.assertComplete(monitor);
    }

    /** Stages told since the last call. */
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

    private static Side client(int clientPort) {
        return FourTuple.side(LOOPBACK, clientPort, LOOPBACK, SERVER_PORT);
    }

    /** Of both ends of the scripts' connection; one that is forgotten is closed. */
    private String states() {
        byte[] stored = monitor.connectionBytes(tuple(CLIENT_PORT));
        if (stored == null) {
            return "CLOSED | CLOSED";
        }
        try (DataInputStream input = new DataInputStream(new ByteArrayInputStream(stored))) {
            input.readByte();
            Connection connection = Connection.readFrom(tuple(CLIENT_PORT), TcpSettings.DEFAULT, input);
            Side client = client(CLIENT_PORT);
            return connection.endpoint(client).state() + " | "
                    + connection.endpoint(client.peer()).state();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
