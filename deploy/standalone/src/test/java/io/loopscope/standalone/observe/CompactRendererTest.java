package io.loopscope.standalone.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.SchemaIds;
import io.loopscope.schemas.v1.AnomalyScope;
import io.loopscope.schemas.v1.AnomalyStage;
import io.loopscope.schemas.v1.ConnectionEventType;
import io.loopscope.schemas.v1.End;
import io.loopscope.schemas.v1.SegmentSummary;
import io.loopscope.schemas.v1.Severity;
import io.loopscope.schemas.v1.SocketAddress;
import io.loopscope.schemas.v1.TcpState;
import io.loopscope.settings.terminal.Palette;
import io.loopscope.standalone.observe.Item.AnomalyItem;
import io.loopscope.standalone.observe.Item.CensusItem;
import io.loopscope.standalone.observe.Item.ConnectionItem;
import io.loopscope.standalone.observe.Item.DeadLetterItem;
import io.loopscope.standalone.observe.Item.HeartbeatItem;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class CompactRendererTest {
    private static final LocalDate TODAY = LocalDate.of(2025, 11, 22);
    private final CompactRenderer renderer = new CompactRenderer(ZoneOffset.UTC, TODAY, false, Palette.NONE);

    @Test
    void segmentBothChangesAndBothStatesAreOnOneLine() {
        assertThat(renderer.lines(new ConnectionItem(Samples.clientCloses())))
                .containsExactly("12:00:01.123456 127.0.0.1:59994 > 127.0.0.1:13306 [F.]  seq 71 ack 93        "
                        + " client ESTABLISHED→FIN_WAIT_1  server ESTABLISHED→CLOSE_WAIT");
    }

    @Test
    void theLifeOfAConnectionIsAligned() {
        var synAck = Samples.event(ConnectionEventType.STATE_CHANGED)
                .setClientState(TcpState.SYN_SENT)
                .setServerState(TcpState.SYN_RECEIVED)
                .setChanges(List.of(Samples.change(End.SERVER, TcpState.LISTEN, TcpState.SYN_RECEIVED)))
                .setCause(new SegmentSummary(End.SERVER, "S.", 17L, 1L, 65483, 0L))
                .build();
        var lastAck = Samples.event(ConnectionEventType.STATE_CHANGED)
                .setClientState(TcpState.TIME_WAIT)
                .setServerState(TcpState.LAST_ACK)
                .setChanges(List.of(
                        Samples.change(End.SERVER, TcpState.CLOSE_WAIT, TcpState.LAST_ACK),
                        Samples.change(End.CLIENT, TcpState.FIN_WAIT_1, TcpState.FIN_WAIT_2),
                        Samples.change(End.CLIENT, TcpState.FIN_WAIT_2, TcpState.TIME_WAIT)))
                .setCause(new SegmentSummary(End.SERVER, "FP.", 93L, 72L, 512, 5L))
                .build();
        assertThat(lines(Samples.opened(), synAck, Samples.clientCloses(), lastAck, Samples.closedByTimer()))
                .isEqualTo("""
                        12:00:01.123456 127.0.0.1:59994 > 127.0.0.1:13306 [S]   seq 4294967295        client CLOSED→SYN_SENT         server LISTEN
                        12:00:01.123456 127.0.0.1:13306 > 127.0.0.1:59994 [S.]  seq 17 ack 1          client SYN_SENT                server LISTEN→SYN_RECEIVED
                        12:00:01.123456 127.0.0.1:59994 > 127.0.0.1:13306 [F.]  seq 71 ack 93         client ESTABLISHED→FIN_WAIT_1  server ESTABLISHED→CLOSE_WAIT
                        12:00:01.123456 127.0.0.1:13306 > 127.0.0.1:59994 [FP.] seq 93 ack 72 length 5  client FIN_WAIT_1→FIN_WAIT_2→TIME_WAIT  server CLOSE_WAIT→LAST_ACK
                        12:01:01.123456 127.0.0.1:59994 - 127.0.0.1:13306 timer                       client TIME_WAIT→CLOSED        server CLOSED  closed, SF after 1.50 s: 9+8 segments, 71+93 octets, ShADadF
                        """);
    }

    @Test
    void aConnectionOlderThanTheCaptureSaysSo() {
        var event = Samples.event(ConnectionEventType.OPENED)
                .setPartial(true)
                .setClientState(TcpState.ESTABLISHED)
                .setServerState(TcpState.ESTABLISHED)
                .setChanges(List.of())
                .setCause(new SegmentSummary(End.CLIENT, "P.", 1L, 1L, 512, 10L))
                .build();
        assertThat(renderer.lines(new ConnectionItem(event)).get(0)).endsWith("  began before the capture");
    }

    @Test
    void anAnomalyNamesBothEndsAndExplains() {
        assertThat(renderer.lines(new AnomalyItem(Samples.anomaly().build())))
                .containsExactly("12:01:01.123456 OPENED CLOSE_WAIT_STUCK warning  server 127.0.0.1:13306 mysqld[4711]"
                        + " CLOSE_WAIT for 1 min, client 127.0.0.1:59994 FIN_WAIT_2 for 1 min: The server got the"
                        + " client's FIN and acknowledged it, but has not closed its own side.");
    }

    @Test
    void aClearedAnomalyGivesTheReason() {
        var cleared = Samples.anomaly()
                .setStage(AnomalyStage.CLEARED)
                .setClearReason("progressed")
                .setExplain("The server closed.")
                .build();
        assertThat(renderer.lines(new AnomalyItem(cleared)).get(0))
                .startsWith("12:01:01.123456 CLEARED CLOSE_WAIT_STUCK progressed  server 127.0.0.1:13306");
    }

    @Test
    void anomaliesOfListenersAndHostsAreAboutThem() {
        var listener = Samples.anomaly()
                .setName("REFUSED")
                .setScope(AnomalyScope.LISTENER)
                .setClient(null)
                .setServerProcess(null)
                .setCount(7)
                .setExplain("Nobody listens.")
                .build();
        var host = Samples.anomaly()
                .setName("AGENT_SILENT")
                .setSeverity(Severity.CRITICAL)
                .setScope(AnomalyScope.HOST)
                .setClient(null)
                .setServer(null)
                .setExplain("No heartbeat.")
                .build();
        assertThat(renderer.lines(new AnomalyItem(listener)))
                .containsExactly(
                        "12:01:01.123456 OPENED REFUSED warning  listener 127.0.0.1:13306 (7 times): Nobody listens.");
        assertThat(renderer.lines(new AnomalyItem(host)))
                .containsExactly("12:01:01.123456 OPENED AGENT_SILENT critical  host web-1: No heartbeat.");
    }

    @Test
    void coloursFollowSeverityAndSurroundWholeWords() {
        var colourful = new CompactRenderer(ZoneOffset.UTC, TODAY, false, Palette.ANSI);
        assertThat(colourful.lines(new AnomalyItem(Samples.anomaly().build())).get(0))
                .startsWith("\u001b[2m12:01:01.123456\u001b[0m \u001b[1;33mOPENED CLOSE_WAIT_STUCK warning\u001b[0m  ");
    }

    @Test
    void whereTheDateChangesALineSaysSo() {
        assertThat(new CompactRenderer(ZoneOffset.ofHours(13), TODAY, false, Palette.NONE)
                        .lines(new CensusItem(Samples.census())))
                .containsExactly("# 2025-11-23", "01:00:01.123456 127.0.0.1:13306 server CLOSE_WAIT 3 (wire)");
    }

    @Test
    void hostsAreNamedOnRequest() {
        assertThat(new CompactRenderer(ZoneOffset.UTC, TODAY, true, Palette.NONE)
                        .lines(new CensusItem(Samples.census())))
                .containsExactly("12:00:01.123456 web-1 127.0.0.1:13306 server CLOSE_WAIT 3 (wire)");
    }

    @Test
    void capturedSegmentsLookAsTcpdumpPrintsThem() {
        var items = new ItemDecoder(SchemaIds.NONE).decode(Records.of(Samples.batch(12)));
        assertThat(items.stream().map(renderer::lines).flatMap(List::stream))
                .containsExactly(
                        "12:00:01.123456 12 segments left out before batch 5",
                        "12:00:01.123456 127.0.0.1:59994 > 127.0.0.1:13306: Flags [S], seq 4294967295, win 65495,"
                                + " options [mss 65495,sackOK,TS val 7 ecr 0,wscale 7], length 0",
                        "12:00:01.124456 127.0.0.1:13306 > 127.0.0.1:59994: Flags [P.], seq 100, ack 0, win 512,"
                                + " length 3000, run of 3 in 250 µs up to seq 3100 ack 40 win 500");
    }

    @Test
    void heartbeatsShowWhatWasLost() {
        assertThat(renderer.lines(new HeartbeatItem(Samples.heartbeat())))
                .containsExactly("12:00:01.123456 heartbeat of web-1 on lo: all sent up to 12:00:01.123456; 6 batches,"
                        + " 100 packets seen, 64 segments published, 20 coalesced; dropped 1 kernel 2 interface 3 queue 4"
                        + " shed (3 data, 1 acknowledgments) 9 refused; excluded 5 own 6 by setting; 7 malformed,"
                        + " 8 not TCP; 12 captured twice; ring full 11 times, 10 connections evicted");
    }

    @Test
    void nothingThatComesFromOutsideDrivesTheTerminal() {
        var evil = Samples.anomaly()
                .setServerProcess("my\u001b[2Jsqld[1]")
                .setExplain("a\nb\u202ec\u009b1m")
                .build();
        assertThat(renderer.lines(new AnomalyItem(evil)).get(0))
                .contains("my\\x1b[2Jsqld[1]")
                .endsWith(": a\\x0ab\\u202ec\\x9b1m");
        var letter = new ConsumerRecord<>("loopscope.dead-letter.v1", 2, 17, (byte[]) null, new byte[40]);
        letter.headers().add("reason", "\u0007corrupt".getBytes(StandardCharsets.UTF_8));
        assertThat(renderer.lines(new DeadLetterItem(letter)).get(1))
                .endsWith(" dead letter 2-17: reason=\\x07corrupt; value 40 octets " + "00".repeat(32) + "…");
    }

    @Test
    void whatIsNoAddressIsShownAsItIs() {
        var broken = SocketAddress.newBuilder()
                .setAddress(ByteBuffer.wrap(new byte[] {1, 2}))
                .setPort(5)
                .build();
        var event = Samples.clientCloses();
        event.setClient(broken);
        assertThat(renderer.lines(new ConnectionItem(event)).get(0)).contains(" 0x0102:5 ");
    }

    private String lines(io.loopscope.schemas.v1.ConnectionEvent... events) {
        var text = new StringBuilder();
        for (var event : events) {
            renderer.lines(new ConnectionItem(event))
                    .forEach(line -> text.append(line).append('\n'));
        }
        return text.toString();
    }
}
