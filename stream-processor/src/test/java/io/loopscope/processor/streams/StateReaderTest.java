package io.loopscope.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.loopscope.processor.detect.ConnectionStatus;
import io.loopscope.processor.detect.ConnectionStatus.OpenAnomaly;
import io.loopscope.processor.detect.Evidence;
import io.loopscope.processor.detect.HostStatus.Presence;
import io.loopscope.processor.streams.StateReader.Host;
import io.loopscope.processor.streams.StateReader.HostConnection;
import io.loopscope.processor.streams.StateReader.HostListener;
import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.TcpState;
import io.loopscope.schemas.ConnectionKey;
import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.AnomalyStage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is read back is what was published, and nothing of it changes by being looked at. */
class StateReaderTest {
    private final Pipeline pipeline = new Pipeline();
    private final StateReader reader = DriverStores.reader(pipeline);

    @AfterEach
    void close() {
        pipeline.close();
    }

    @Test
    void aConnectionIsReadWithBothEndsAndItsCounters() {
        agent("host-1").handshake().clientCloses().heartbeat();

        HostConnection only = connections(null).get(0);

        ConnectionStatus status = only.status();
        assertThat(only.key().hostId()).isEqualTo("host-1");
        assertThat(status.view().clientState()).isEqualTo(TcpState.FIN_WAIT_2);
        assertThat(status.view().serverState()).isEqualTo(TcpState.CLOSE_WAIT);
        assertThat(status.view().serverSinceNanos()).isEqualTo(Records.START);
        assertThat(status.end(Role.SERVER).wire()).isEqualTo(TcpState.CLOSE_WAIT);
        assertThat(status.end(Role.SERVER).kernel()).isNull();
        assertThat(status.sent(Role.CLIENT).segments()).isEqualTo(3);
        assertThat(status.sent(Role.SERVER).segments()).isEqualTo(2);
        assertThat(status.closed()).isFalse();
        assertThat(status.view().id())
                .isEqualTo(pipeline.connections().get(0).value().getConnectionId());
    }

    @Test
    void theKernelsWordIsThereBesideTheSegments() {
        FakeAgent agent = agent("host-1").handshake();
        agent.polls(Records.serverSocket(io.loopscope.schemas.v1.TcpState.ESTABLISHED)
                        .build())
                .heartbeat();

        ConnectionStatus.End server = connections("host-1").get(0).status().end(Role.SERVER);

        assertThat(server.kernel()).isEqualTo(TcpState.ESTABLISHED);
        assertThat(server.process()).isEqualTo("db[42]");
        HostListener listener = listeners("host-1").get(0);
        assertThat(listener.status().count(Role.SERVER, TcpState.ESTABLISHED, Evidence.KERNEL))
                .isEqualTo(1);
    }

    @Test
    void oneConnectionIsFoundByItsKey() {
        agent("host-1").handshake();
        ConnectionKey key = connections("host-1").get(0).key();

        assertThat(reader.connection(0, key)).isPresent();
        assertThat(reader.connection(0, ConnectionKey.of("host-1", 7, key.low(), key.high())))
                .isEmpty();
    }

    @Test
    void openAnomaliesAreThoseOfTheCompactedTopic() {
        FakeAgent one = agent("host-1").handshake().clientCloses().watches(Duration.ofSeconds(70));
        agent("host-2").handshake().clientCloses().watches(Duration.ofSeconds(70));

        assertThat(openIds()).isEqualTo(publishedOpenIds()).isNotEmpty();
        OpenAnomaly known = connections("host-1").get(0).status().anomalies().get(0);
        assertThat(anomalies("host-1")).extracting(AnomalyEvent::getAnomalyId).contains(known.id());

        one.serverCloses().heartbeat();

        assertThat(anomalies("host-1")).isEmpty();
        assertThat(anomalies("host-2")).isNotEmpty();
        assertThat(connections("host-1").get(0).status().anomalies()).isEmpty();
    }

    @Test
    void openAnomaliesAreStillThereAfterARestart() {
        agent("host-1").handshake().clientCloses().watches(Duration.ofSeconds(70));
        List<AnomalyEvent> before = anomalies("host-1");

        pipeline.restart();

        assertThat(anomalies("host-1")).isEqualTo(before).isNotEmpty();
    }

    @Test
    void theCensusIsWhatWasPublished() {
        agent("host-1").handshake().heartbeat();

        HostListener listener = listeners(null).get(0);

        assertThat(listener.status().listener().port()).isEqualTo(13306);
        for (TcpState state : TcpState.values()) {
            assertThat(listener.status().count(Role.SERVER, state, Evidence.WIRE))
                    .isEqualTo(state == TcpState.ESTABLISHED ? 1 : 0);
        }
    }

    @Test
    void aHostTellsItsWatermarkAndWhetherItIsHeard() {
        FakeAgent agent = agent("host-1").handshake().watches(Duration.ofSeconds(5));
        Host watched = hosts(null).get(0);
        assertThat(watched.status().watermarkNanos()).isEqualTo(Records.START + 5_000_000_000L);
        assertThat(watched.status().presence()).isEqualTo(Presence.LIVE);
        assertThat(watched.status().trusted()).isTrue();

        pipeline.wait(Duration.ofSeconds(30));
        assertThat(hosts("host-1").get(0).status().presence()).isEqualTo(Presence.SILENT);

        agent.passes(Duration.ofSeconds(30)).saysGoodbye();
        assertThat(hosts("host-1").get(0).status().presence()).isEqualTo(Presence.STOPPED);
    }

    @Test
    void whatWasLostIsTold() {
        agent("host-1").handshake().heartbeat().losesBatches(2).heartbeat();

        Host host = hosts(null).get(0);

        assertThat(host.status().trusted()).isFalse();
        assertThat(host.status().lastLossNanos()).isPositive();
    }

    @Test
    void aWalkGoesOnWhereItStopped() {
        for (int i = 0; i < 5; i++) {
            agent("host-" + i).handshake();
        }
        List<HostConnection> all = connections(null);

        List<HostConnection> pieces = new ArrayList<>();
        byte[] after = null;
        for (int i = 0; i < all.size(); i++) {
            reader.connections(0, null, after, one -> !pieces.add(one));
            after = pieces.get(pieces.size() - 1).key().toBytes();
        }

        assertThat(pieces)
                .extracting(HostConnection::key)
                .isEqualTo(all.stream().map(HostConnection::key).toList());
    }

    @Test
    void aHostWhoseNameBeginsLikeAnothersIsAnother() {
        agent("host-1").handshake();
        agent("host-11").handshake();

        assertThat(connections("host-1")).extracting(one -> one.key().hostId()).containsExactly("host-1");
    }

    @Test
    void lookingChangesNothing() {
        FakeAgent agent = agent("host-1").handshake().clientCloses().watches(Duration.ofSeconds(59));
        var before = pipeline.read(Stores.CONNECTIONS);
        connections(null);
        listeners(null);
        hosts(null);

        assertThat(pipeline.read(Stores.CONNECTIONS)).isEqualTo(before);
        agent.watches(Duration.ofSeconds(11));
        assertThat(anomalies("host-1")).isNotEmpty();
    }

    @Test
    void aPartitionThatIsRestoredCantBeRead() {
        assertThatExceptionOfType(InvalidStateStoreException.class)
                .isThrownBy(() -> reader.hosts(1, null, host -> {}))
                .withMessageContaining("restored");
        assertThat(reader.isAssigned(Set.of(1))).isTrue();
    }

    private FakeAgent agent(String host) {
        return new FakeAgent(host, pipeline::send);
    }

    private List<HostConnection> connections(String hostId) {
        List<HostConnection> found = new ArrayList<>();
        reader.connections(0, hostId, null, found::add);
        return found;
    }

    private List<HostListener> listeners(String hostId) {
        List<HostListener> found = new ArrayList<>();
        reader.listeners(0, hostId, found::add);
        return found;
    }

    private List<Host> hosts(String hostId) {
        List<Host> found = new ArrayList<>();
        reader.hosts(0, hostId, found::add);
        return found;
    }

    private List<AnomalyEvent> anomalies(String hostId) {
        List<AnomalyEvent> found = new ArrayList<>();
        reader.anomalies(0, hostId, found::add);
        return found;
    }

    private Set<String> openIds() {
        return anomalies(null).stream().map(AnomalyEvent::getAnomalyId).collect(Collectors.toSet());
    }

    private Set<String> publishedOpenIds() {
        Set<String> open = new HashSet<>();
        pipeline.anomalies().forEach(record -> {
            if (record.value() == null || record.value().getStage() == AnomalyStage.CLEARED) {
                open.remove(record.key());
            } else {
                open.add(record.key());
            }
        });
        return open;
    }
}
