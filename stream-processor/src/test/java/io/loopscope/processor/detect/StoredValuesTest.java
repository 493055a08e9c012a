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
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Values as each version of the layout stored them, of the same story: 40001 is established, 40002 waits in CLOSE_WAIT
 * for 15 minutes and that is an anomaly, 40004 has just been closed, 40005 reset. The files never change; a new version
 * of the layout adds one.
 */
class StoredValuesTest {
    private static final int CURRENT = 3;
    private static final long END = 1_700_000_905_000_000_000L;

    private final Map<FourTuple, byte[]> connections = new HashMap<>();
    private final Step step = new Step();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, CURRENT})
    void everyVersionIsRead(int version) throws IOException {
        HostMonitor monitor = restore(version);

        assertThat(monitor.clockNanos()).isEqualTo(END);
        assertThat(states(monitor))
                .isEqualTo(Map.of(
                        40001, List.of(TcpState.ESTABLISHED, TcpState.ESTABLISHED),
                        40002, List.of(TcpState.CLOSE_WAIT, TcpState.FIN_WAIT_2),
                        40004, List.of(TcpState.CLOSED, TcpState.TIME_WAIT),
                        40005, List.of(TcpState.CLOSED, TcpState.CLOSED)));
        assertThat(step.outputs()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, CURRENT})
    void openAnomalyEndsUnderTheIdItBeganWith(int version) throws IOException {
        HostMonitor monitor = restore(version);

        Segment fin = Segment.of(Side.LOW, END + 1_000, TcpFlags.FIN | TcpFlags.ACK, 5_001, 1_002, 512, 0)
                .with(Options.timestamps(905_000, 1));
        monitor.segment(tuple(40002), fin, step);

        assertThat(step.outputs())
                .filteredOn(AnomalyChange.class::isInstance)
                .map(AnomalyChange.class::cast)
                .extracting(AnomalyChange::id, AnomalyChange::name, AnomalyChange::stage)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(
                        "fsrxxacia6pi7vls", AnomalyName.CLOSE_WAIT_STUCK, AnomalyStage.CLEARED));
    }

    @Test
    void whatIsWrittenNowIsTheCurrentVersion() throws IOException {
        HostMonitor monitor = restore(CURRENT);

        connections.forEach(
                (tuple, stored) -> assertThat(monitor.connectionBytes(tuple)).isEqualTo(stored));
    }

    private HostMonitor restore(int version) throws IOException {
        HostMonitor.Restorer restorer =
                new HostMonitor.Restorer("host-1", 0, DetectorSettings.defaults(), TcpSettings.DEFAULT);
        for (String line : lines(version)) {
            String[] words = line.split(" ", -1);
            byte[] value = HexFormat.of().parseHex(words[words.length - 1]);
            switch (words[0]) {
                case "host" -> restorer.host(value);
                case "listener" ->
                    restorer.listener(new Listener(0, Address.LOOPBACK_4, Integer.parseInt(words[1])), value);
                case "connection" -> {
                    FourTuple tuple = tuple(Integer.parseInt(words[2]));
                    connections.put(tuple, value);
                    restorer.connection(tuple, value);
                }
                default -> throw new IllegalArgumentException(line);
            }
        }
        return restorer.restore(step);
    }

    private static List<String> lines(int version) throws IOException {
        try (InputStream file = StoredValuesTest.class.getResourceAsStream("stored/version-" + version + ".txt")) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .toList();
        }
    }

    private static Map<Integer, List<TcpState>> states(HostMonitor monitor) {
        Map<Integer, List<TcpState>> states = new HashMap<>();
        monitor.forEachConnection((id, connection) -> states.put(
                connection.fourTuple().highPort(),
                List.of(
                        connection.endpoint(Side.LOW).state(),
                        connection.endpoint(Side.HIGH).state())));
        return states;
    }

    private static FourTuple tuple(int clientPort) {
        return FourTuple.of(0, Address.LOOPBACK_4, 3306, Address.LOOPBACK_4, clientPort);
    }
}
