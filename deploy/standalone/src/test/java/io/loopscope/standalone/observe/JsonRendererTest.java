package io.loopscope.standalone.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.SchemaIds;
import io.loopscope.standalone.observe.Item.AnomalyItem;
import io.loopscope.standalone.observe.Item.CensusItem;
import io.loopscope.standalone.observe.Item.ConnectionItem;
import io.loopscope.standalone.observe.Item.DeadLetterItem;
import io.loopscope.standalone.observe.Item.HeartbeatItem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class JsonRendererTest {
    private final JsonRenderer renderer = new JsonRenderer();

    @Test
    void aConnectionEvent() {
        assertThat(renderer.lines(new ConnectionItem(Samples.clientCloses()))).containsExactly("""
                        {"type":"connection_event","at":"2025-11-22T12:00:01.123456789Z",\
                        "key":"web-1/4026531840/127.0.0.1:13306-127.0.0.1:59994","event":"STATE_CHANGED",\
                        "event_id":"c1/3","connection_id":"c1","host_id":"web-1","network_namespace":4026531840,\
                        "client":"127.0.0.1:59994","server":"127.0.0.1:13306","initiator":"syn","partial":false,\
                        "client_state":"FIN_WAIT_1","server_state":"CLOSE_WAIT",\
                        "changes":[{"end":"client","from":"ESTABLISHED","to":"FIN_WAIT_1"},\
                        {"end":"server","from":"ESTABLISHED","to":"CLOSE_WAIT"}],\
                        "cause":{"sender":"client","flags":"F.","relative_sequence":71,"relative_acknowledgment":93,\
                        "window":512,"payload_octets":0},\
                        "history":"ShADadF","community_id":"1:abc=","summary":null}""");
    }

    @Test
    void aSummaryHasPointsInTimeAndDurations() {
        assertThat(renderer.lines(new ConnectionItem(Samples.closedByTimer())).get(0))
                .contains("\"cause\":null")
                .contains("""
                        "summary":{"started":"2025-11-22T11:59:59.623456789Z","ended":"2025-11-22T12:00:01.123456789Z",\
                        "conn_state":"SF","end_reason":"closed","handshake_rtt_ns":42000,\
                        "client_to_server":{"segments":9,"octets":71,""");
    }

    @Test
    void anAnomaly() {
        assertThat(renderer.lines(new AnomalyItem(Samples.anomaly().build()))).containsExactly("""
                        {"type":"anomaly","at":"2025-11-22T12:01:01.123456789Z",\
                        "key":"web-1/4026531840/127.0.0.1:13306-127.0.0.1:59994",\
                        "anomaly_id":"a1","event_id":"a1/0","name":"CLOSE_WAIT_STUCK","stage":"OPENED",\
                        "severity":"warning","since":"2025-11-22T12:00:01.123456789Z","scope":"connection",\
                        "host_id":"web-1","network_namespace":4026531840,"connection_id":"c1",\
                        "client":"127.0.0.1:59994","server":"127.0.0.1:13306","end":"server",\
                        "client_state":"FIN_WAIT_2","client_state_since":"2025-11-22T12:00:01.163456789Z",\
                        "server_state":"CLOSE_WAIT","server_state_since":"2025-11-22T12:00:01.123456789Z",\
                        "evidence":"wire","confidence":1.0,\
                        "explain":"The server got the client's FIN and acknowledged it, but has not closed its own side.",\
                        "advice":"Find the connection that the server forgot to close.","runbook":"","rfc_section":"",\
                        "history":"","client_process":null,"server_process":"mysqld[4711]","count":1,"examples":[],\
                        "attributes":{"threshold":"60s"},"clear_reason":null}""");
    }

    @Test
    void aCount() {
        assertThat(renderer.lines(new CensusItem(Samples.census()))).containsExactly("""
                        {"type":"census","at":"2025-11-22T12:00:01.123456789Z","host_id":"web-1",\
                        "network_namespace":4026531840,"server":"127.0.0.1:13306","end":"server","state":"CLOSE_WAIT",\
                        "count":3,"evidence":"wire","agreement_ratio":null}""");
    }

    @Test
    void aSegmentCarriesItsBatch() {
        var items = new ItemDecoder(SchemaIds.NONE).decode(Records.of(Samples.batch(12)));
        assertThat(items.stream().map(renderer::lines).flatMap(List::stream))
                .satisfiesExactly(
                        gap -> assertThat(gap)
                                .startsWith(
                                        "{\"type\":\"gap\",\"at\":\"2025-11-22T12:00:01.123456789Z\",\"skipped\":12,"),
                        syn -> assertThat(syn).isEqualTo("""
                                        {"type":"segment","at":"2025-11-22T12:00:01.123456789Z",\
                                        "source":"127.0.0.1:59994","destination":"127.0.0.1:13306","flags":"S",\
                                        "sequence":4294967295,"acknowledgment":0,"window":65495,"payload_octets":0,\
                                        "maximum_segment_size":65495,"window_scale":7,"sack_permitted":true,\
                                        "timestamp_value":7,"timestamp_echo":0,"urgent_pointer":null,"run":null,\
                                        "host_id":"web-1","boot_id":"b","agent_epoch":"2025-11-22T12:00:00.123456789Z",\
                                        "network_namespace":4026531840,"interface":"lo","batch_sequence":5}"""),
                        run -> assertThat(run)
                                .contains(
                                        "\"source\":\"127.0.0.1:13306\"",
                                        "\"run\":{\"segments\":3,\"last_time_delta_ns\":250000"));
    }

    @Test
    void aHeartbeat() {
        assertThat(renderer.lines(new HeartbeatItem(Samples.heartbeat())).get(0))
                .startsWith("{\"type\":\"heartbeat\",\"at\":\"2025-11-22T12:00:01.123456789Z\",")
                .contains("\"watermark\":\"2025-11-22T12:00:01.123456789Z\"", "\"by_reason\":{\"truncated\":15}");
    }

    @Test
    void aDeadLetterKeepsItsOctets() {
        var letter = new ConsumerRecord<>("loopscope.dead-letter.v1", 2, 17, (byte[]) null, new byte[] {1, 2, 3});
        letter.headers().add("reason", "corrupt".getBytes(StandardCharsets.UTF_8));
        letter.headers().add("empty", null);
        assertThat(renderer.lines(new DeadLetterItem(letter)).get(0))
                .endsWith("\"partition\":2,\"offset\":17,\"headers\":{\"reason\":\"corrupt\",\"empty\":null},"
                        + "\"key_base64\":null,\"value_base64\":\"AQID\"}");
    }

    @Test
    void nothingThatComesFromOutsideDrivesTheTerminal() {
        var evil =
                Samples.anomaly().setExplain("\"\u001b[2J\u009b\u007f\u202e\n").build();
        assertThat(renderer.lines(new AnomalyItem(evil)).get(0))
                .contains("\"explain\":\"\\\"\\u001B[2J\\u009b\\u007f\\u202e\\n\"");
    }

    @Test
    void everyPointInTimeOfEverySchemaIsWrittenAsOne() {
        var named = new TreeSet<String>();
        RecordCodec.SCHEMAS.forEach(schema -> pointsInTime(schema, named, new TreeSet<>()));
        assertThat(JsonFields.POINTS_IN_TIME).containsExactlyInAnyOrderElementsOf(named);
    }

    private static void pointsInTime(Schema schema, Set<String> named, Set<String> seen) {
        switch (schema.getType()) {
            case RECORD -> {
                if (seen.add(schema.getFullName())) {
                    for (var field : schema.getFields()) {
                        if (field.doc()
                                .matches("(?s).*(nanoseconds since 1970|Nanoseconds since 1970|^Since when).*")) {
                            named.add(field.name());
                        }
                        pointsInTime(field.schema(), named, seen);
                    }
                }
            }
            case UNION -> schema.getTypes().forEach(type -> pointsInTime(type, named, seen));
            case ARRAY -> pointsInTime(schema.getElementType(), named, seen);
            default -> {}
        }
    }
}
