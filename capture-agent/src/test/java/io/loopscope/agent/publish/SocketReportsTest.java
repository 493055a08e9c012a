package io.loopscope.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.sockets.Endpoint;
import io.loopscope.agent.sockets.NamespaceFacts;
import io.loopscope.agent.sockets.PolledSocket;
import io.loopscope.agent.sockets.SocketEntry;
import io.loopscope.agent.sockets.SocketOwner;
import io.loopscope.agent.sockets.SocketPoll;
import io.loopscope.agent.sockets.SocketState;
import io.loopscope.agent.sockets.SocketTimer;
import io.loopscope.schemas.RecordSerde;
import io.loopscope.schemas.v1.KernelSocket;
import io.loopscope.schemas.v1.SocketReport;
import io.loopscope.schemas.v1.TcpState;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SocketReportsTest {
    private static final NamespaceFacts FACTS = new NamespaceFacts(Set.of(), 3L, 32_768, 60_999);
    private static final SocketEntry ENTRY = new SocketEntry(
            at("127.0.0.1", 80),
            at("127.0.0.1", 40_000),
            SocketState.CLOSE_WAIT,
            77,
            88,
            1000,
            9,
            10,
            SocketTimer.RETRANSMIT,
            200,
            2,
            5_000,
            6_000,
            65_536,
            SocketEntry.UNKNOWN);
    private static final SocketEntry BARE = new SocketEntry(
            at("::1", 80),
            at("::", 0),
            SocketState.LISTEN,
            78,
            0,
            SocketEntry.UNKNOWN,
            0,
            0,
            SocketTimer.NONE,
            0,
            0,
            SocketEntry.UNKNOWN,
            SocketEntry.UNKNOWN,
            SocketEntry.UNKNOWN,
            SocketEntry.UNKNOWN);

    private final SocketReports reports = new SocketReports(new Identity("host-1", "boot-1", 5, 7));

    @Test
    void everythingIsInTheRecord() {
        SocketOwner owner = new SocketOwner(4711, "mariadbd", 33, 100, 1024);
        SocketReport report = only(
                new SocketPoll(9, 1_000, true, List.of(new PolledSocket(ENTRY, owner, 1, 1)), List.of(BARE), FACTS));
        assertThat(report.getHostId()).isEqualTo("host-1");
        assertThat(report.getNetworkNamespace()).isEqualTo(7);
        assertThat(report.getPollId()).isEqualTo(9);
        assertThat(report.getFull()).isTrue();
        assertThat(report.getLastOfPoll()).isTrue();
        assertThat(report.getTimeNs()).isEqualTo(1_000);
        assertThat(report.getListenOverflows()).isEqualTo(3);
        assertThat(report.getEphemeralPortFirst()).isEqualTo(32_768);
        assertThat(report.getEphemeralPortLast()).isEqualTo(60_999);
        assertThat(report.getSockets()).singleElement().satisfies(socket -> {
            assertThat(socket.getLocal().getPort()).isEqualTo(80);
            assertThat(socket.getLocal().getAddress().remaining()).isEqualTo(4);
            assertThat(socket.getState()).isEqualTo(TcpState.CLOSE_WAIT);
            assertThat(socket.getInode()).isEqualTo(77);
            assertThat(socket.getCookie()).isEqualTo(88);
            assertThat(socket.getUid()).isEqualTo(1000);
            assertThat(socket.getPid()).isEqualTo(4711);
            assertThat(socket.getProcess()).isEqualTo("mariadbd");
            assertThat(socket.getFileDescriptor()).isEqualTo(33);
            assertThat(socket.getOpenFiles()).isEqualTo(100);
            assertThat(socket.getOpenFilesLimit()).isEqualTo(1024);
            assertThat(socket.getReceiveQueue()).isEqualTo(9);
            assertThat(socket.getSendQueue()).isEqualTo(10);
            assertThat(socket.getTimer()).isEqualTo("retransmit");
            assertThat(socket.getTimerExpiresMs()).isEqualTo(200);
            assertThat(socket.getRetransmits()).isEqualTo(2);
            assertThat(socket.getLastReceivedMs()).isEqualTo(5_000);
            assertThat(socket.getLastSentMs()).isEqualTo(6_000);
            assertThat(socket.getPeerWindow()).isEqualTo(65_536);
        });
        assertThat(report.getGone()).singleElement().satisfies(gone -> {
            assertThat(gone.getLocal().getAddress().remaining()).isEqualTo(16);
            assertThat(gone.getLastState()).isEqualTo(TcpState.LISTEN);
        });
    }

    @Test
    void whatIsNotKnownIsNull() {
        KernelSocket socket = only(poll(List.of(new PolledSocket(BARE, null, 1, 1)), List.of()))
                .getSockets()
                .get(0);
        assertThat(Stream.of(
                        socket.getPid(),
                        socket.getProcess(),
                        socket.getFileDescriptor(),
                        socket.getOpenFiles(),
                        socket.getTimer(),
                        socket.getTimerExpiresMs(),
                        socket.getLastReceivedMs(),
                        socket.getLastSentMs(),
                        socket.getPeerWindow()))
                .containsOnlyNulls();
    }

    @Test
    void aPollWithoutChangesIsOneRecord() {
        assertThat(only(poll(List.of(), List.of())).getLastOfPoll()).isTrue();
    }

    @Test
    void manySocketsAreSplitAndOnlyTheLastRecordSaysSo() {
        List<SocketReport> split = all(
                poll(Collections.nCopies(1_001, new PolledSocket(ENTRY, null, 1, 1)), Collections.nCopies(600, BARE)));
        assertThat(split).extracting(report -> report.getGone().size()).containsExactly(500, 100, 0, 0);
        assertThat(split).extracting(report -> report.getSockets().size()).containsExactly(0, 400, 500, 101);
        assertThat(split).extracting(SocketReport::getLastOfPoll).containsExactly(false, false, false, true);
        assertThat(split).extracting(SocketReport::getPollId).containsOnly(9L);
    }

    @Test
    void aRecordSurvivesItsEncoding() {
        SocketReport report = only(poll(List.of(new PolledSocket(ENTRY, null, 1, 1)), List.of(BARE)));
        var serde = RecordSerde.capture();
        byte[] octets = serde.serializer().serialize("t", report);
        assertThat(serde.deserializer().deserialize("t", octets)).isEqualTo(report);
    }

    private SocketReport only(SocketPoll poll) {
        List<SocketReport> all = all(poll);
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    private List<SocketReport> all(SocketPoll poll) {
        List<SocketReport> all = new ArrayList<>();
        reports.of(poll).forEachRemaining(all::add);
        return all;
    }

    private static SocketPoll poll(List<PolledSocket> sockets, List<SocketEntry> gone) {
        return new SocketPoll(9, 1_000, false, sockets, gone, FACTS);
    }

    private static Endpoint at(String address, int port) {
        return Endpoint.of(new InetSocketAddress(address, port));
    }
}
