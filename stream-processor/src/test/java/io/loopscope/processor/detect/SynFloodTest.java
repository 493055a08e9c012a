package io.loopscope.processor.detect;

import static io.loopscope.processor.tcp.TcpFlags.ACK;
import static io.loopscope.processor.tcp.TcpFlags.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.tcp.Address;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpSettings;
import io.loopscope.processor.tcp.TcpState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A million SYNs with distinct addresses and ports, at 100,000 a second, against two listeners: one answers, one does not.
 * Played in a JVM with a heap that a million connections would not fit in.
 */
class SynFloodTest {
    private static final int FLOOD = 1_000_000;
    private static final int HEALTHY = 500;
    private static final String HEAP = "-Xmx256m";

    @Test
    void endsWithBoundedMemoryOneAnomalyPerListenerAndHealthyConnectionsStillTracked() throws Exception {
        Process flooded = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        HEAP,
                        "-XX:+UseSerialGC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Flood.class.getName())
                .redirectErrorStream(true)
                .start();
        String printed = new String(flooded.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(flooded.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(flooded.exitValue()).as(printed).isZero();
        assertThat(printed.lines())
                .as("what %s said", HEAP)
                .containsExactly(
                        "anomalies {CLEARED SYN_FLOOD 127.0.0.1:443=1, CLEARED SYN_FLOOD 127.0.0.1:80=1,"
                                + " OPENED SYN_FLOOD 127.0.0.1:443=1, OPENED SYN_FLOOD 127.0.0.1:80=1}",
                        "most connections at once within 51000: true",
                        "flooded ones opened 1000000, ended 1000000",
                        "healthy ones established after it 500, closed in order 500");
    }

    /** The program. */
    static final class Flood {
        private static final long MICROSECOND = 1_000;
        private static final Address SERVER = Address.LOOPBACK_4;

        private final Step step = new Step();
        private final HostMonitor monitor =
                new HostMonitor("flooded", 0, DetectorSettings.defaults(), TcpSettings.DEFAULT);
        private final Map<String, Integer> anomalies = new TreeMap<>();
        private final Set<FourTuple> healthy = new HashSet<>();
        private final Map<FourTuple, Long> next = new HashMap<>();
        private final Map<FourTuple, ConnectionView> lastOfHealthy = new HashMap<>();
        private int opened;
        private int ended;
        private int closedInOrder;
        private int most;
        private long now = Scene.START;

        public static void main(String[] arguments) throws IOException {
            new Flood().run();
        }

        private void run() {
            for (int i = 0; i < HEALTHY; i++) {
                begin(healthy(i));
            }
            for (int i = 0; i < FLOOD; i++) {
                syn(i);
                if (i % 1_000 == 0) {
                    exchange(healthy(i / 1_000 % HEALTHY));
                    heartbeat();
                }
            }
            long established = lastOfHealthy.values().stream()
                    .filter(view ->
                            view.clientState() == TcpState.ESTABLISHED && view.serverState() == TcpState.ESTABLISHED)
                    .filter(view -> monitor.connectionBytes(view.tuple()) != null)
                    .count();
            for (int i = 0; i < HEALTHY; i++) {
                close(healthy(i));
            }
            now += 300 * Scene.SECOND;
            heartbeat();
            System.out.println("anomalies " + anomalies);
            System.out.println("most connections at once within 51000: " + (most <= 51_000));
            System.out.printf("flooded ones opened %d, ended %d%n", opened, ended);
            System.out.printf("healthy ones established after it %d, closed in order %d%n", established, closedInOrder);
        }

        private FourTuple healthy(int number) {
            FourTuple tuple = FourTuple.of(0, SERVER, 20_000 + number, SERVER, 80);
            healthy.add(tuple);
            return tuple;
        }

        private void begin(FourTuple tuple) {
            send(tuple, client(tuple), SYN, 99, 0, 0);
            send(tuple, client(tuple).peer(), SYN | ACK, 299, 100, 0);
            send(tuple, client(tuple), ACK, 100, 300, 0);
            next.put(tuple, 100L);
        }

        private void exchange(FourTuple tuple) {
            long sequence = next.get(tuple);
            send(tuple, client(tuple), ACK, sequence, 300, 10);
            send(tuple, client(tuple).peer(), ACK, 300, sequence + 10, 0);
            next.put(tuple, sequence + 10);
        }

        private void close(FourTuple tuple) {
            int fin = 0x11;
            long sequence = next.get(tuple);
            send(tuple, client(tuple), fin, sequence, 300, 0);
            send(tuple, client(tuple).peer(), fin, 300, sequence + 1, 0);
            send(tuple, client(tuple), ACK, sequence + 1, 301, 0);
        }

        /** Of an address that nobody has. */
        private void syn(int number) {
            Address spoofed = Address.of(new byte[] {
                127, (byte) (64 + number / 100_000), (byte) (number / 400 % 250), (byte) (1 + number % 200)
            });
            boolean answers = number % 2 == 0;
            FourTuple tuple = FourTuple.of(0, spoofed, 1_024 + number / 200 % 60_000, SERVER, answers ? 443 : 80);
            Side client = FourTuple.side(spoofed, 1_024 + number / 200 % 60_000, SERVER, answers ? 443 : 80);
            now += 10 * MICROSECOND;
            send(tuple, client, SYN, number, 0, 0);
            if (answers) {
                send(tuple, client.peer(), SYN | ACK, 5, number + 1L, 0);
            }
        }

        private static Side client(FourTuple tuple) {
            int port = tuple.lowPort() == 80 ? tuple.highPort() : tuple.lowPort();
            return FourTuple.side(SERVER, port, SERVER, 80);
        }

        private void send(FourTuple tuple, Side sender, int flags, long sequence, long acknowledgment, int payload) {
            now += MICROSECOND;
            Segment segment = Segment.of(sender, now, flags, (int) sequence, (int) acknowledgment, 65_535, payload);
            monitor.segment(tuple, segment, step);
            take();
        }

        private void heartbeat() {
            monitor.advance(now, step);
            take();
        }

        /** Forgets at once what it has counted: what grows is the monitor's. */
        private void take() {
            most = Math.max(most, monitor.connections());
            for (Output output : step.outputs()) {
                if (output instanceof AnomalyChange anomaly) {
                    anomalies.merge(anomaly.stage() + " " + anomaly.name() + " " + where(anomaly), 1, Integer::sum);
                } else if (output instanceof ConnectionChange change) {
                    count(change);
                }
            }
            step.clear();
        }

        private static String where(AnomalyChange anomaly) {
            Listener listener = anomaly.listener();
            return listener == null ? "?" : SocketText.of(listener.address(), listener.port());
        }

        private void count(ConnectionChange change) {
            boolean closed = change.type() == ConnectionChange.Type.CLOSED;
            FourTuple tuple = change.connection().tuple();
            if (healthy.contains(tuple)) {
                lastOfHealthy.put(tuple, change.connection());
                if (closed && List.of("closed").contains(change.summary().endReason())) {
                    closedInOrder++;
                }
            } else {
                opened += change.type() == ConnectionChange.Type.OPENED ? 1 : 0;
                ended += closed ? 1 : 0;
            }
        }
    }
}
