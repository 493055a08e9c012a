package io.loopscope.agent.sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Dumps recorded from Linux 6.18 on x86-64, in a namespace with one socket of each kind; request number 7. */
class SockDiagDumpTest {
    private static final int SEQUENCE = 7;
    private static final int ERROR = 2;
    private static final int DONE = 3;

    private final List<SocketEntry> sockets = new ArrayList<>();
    private final SockDiagDump dump = new SockDiagDump(SEQUENCE, socket -> true, cookie -> false, sockets);

    @Test
    void everySocketOfTheRecordedDumpIsRead() throws IOException {
        read(recorded("ages"));
        assertThat(dump.isEnded()).isTrue();
        assertThat(dump.isInterrupted()).isFalse();
        assertThat(sockets)
                .extracting(
                        socket -> socket.local().port(),
                        socket -> socket.remote().port(),
                        SocketEntry::state)
                .containsExactlyInAnyOrder(
                        tuple(7001, 0, SocketState.LISTEN),
                        tuple(7002, 0, SocketState.LISTEN),
                        tuple(7003, 0, SocketState.LISTEN),
                        tuple(7004, 0, SocketState.LISTEN),
                        tuple(40_001, 7001, SocketState.ESTABLISHED),
                        tuple(7001, 40_001, SocketState.ESTABLISHED),
                        tuple(40_002, 7002, SocketState.ESTABLISHED),
                        tuple(7002, 40_002, SocketState.ESTABLISHED),
                        tuple(40_003, 7003, SocketState.ESTABLISHED),
                        tuple(7003, 40_003, SocketState.ESTABLISHED),
                        tuple(40_004, 7001, SocketState.FIN_WAIT_2),
                        tuple(7001, 40_004, SocketState.CLOSE_WAIT),
                        tuple(40_005, 7001, SocketState.TIME_WAIT),
                        tuple(40_006, 7001, SocketState.FIN_WAIT_2),
                        tuple(7001, 40_006, SocketState.CLOSE_WAIT),
                        tuple(40_007, 7001, SocketState.ESTABLISHED),
                        tuple(7001, 40_007, SocketState.ESTABLISHED),
                        tuple(40_010, 7004, SocketState.ESTABLISHED),
                        tuple(7004, 40_010, SocketState.ESTABLISHED),
                        tuple(40_011, 7004, SocketState.SYN_SENT),
                        tuple(40_012, 7004, SocketState.SYN_SENT),
                        tuple(40_013, 7004, SocketState.SYN_SENT));
    }

    @Test
    void numbersAreThoseThatSsPrintedAtTheTime() throws IOException {
        read(recorded("ages"));
        assertThat(socket(7001, 40_001)).satisfies(socket -> {
            assertThat(socket.local()).isEqualTo(endpoint("127.0.0.1", 7001));
            assertThat(socket.inode()).isEqualTo(1_026_244);
            assertThat(socket.cookie()).isEqualTo(0x105a);
            assertThat(socket.receiveQueue()).isEqualTo(10);
            assertThat(socket.sendQueue()).isZero();
            assertThat(socket.lastReceivedMs()).isBetween(300L, 500L);
            assertThat(socket.lastSentMs()).isBetween(300L, 500L);
            assertThat(socket.peerWindow()).isEqualTo(65_536);
        });
        assertThat(socket(7001, 0)).satisfies(listener -> {
            assertThat(listener.remote().isWildcard()).isTrue();
            assertThat(listener.receiveQueue()).as("connections not accepted").isEqualTo(1);
            assertThat(listener.sendQueue()).as("backlog").isEqualTo(16);
            assertThat(listener.lastReceivedMs()).isEqualTo(SocketEntry.UNKNOWN);
        });
        assertThat(socket(40_011, 7004)).satisfies(attempt -> {
            assertThat(attempt.timer()).isEqualTo(SocketTimer.RETRANSMIT);
            assertThat(attempt.timerExpiresMs()).isBetween(1L, 1_000L);
            assertThat(attempt.sendQueue()).isEqualTo(1);
            assertThat(attempt.lastReceivedMs()).as("nothing ever was").isEqualTo(SocketEntry.UNKNOWN);
        });
    }

    @Test
    void whatNobodyOwnsHasNoInodeAndATimer() throws IOException {
        read(recorded("ages"));
        assertThat(List.of(socket(40_005, 7001), socket(40_006, 7001))).allSatisfy(small -> {
            assertThat(small.inode()).isZero();
            assertThat(small.cookie()).isPositive();
            assertThat(small.timer()).isEqualTo(SocketTimer.TIME_WAIT);
            assertThat(small.timerExpiresMs()).isBetween(55_000L, 60_000L);
        });
        assertThat(socket(7001, 40_007).inode()).as("not accepted yet").isZero();
    }

    @Test
    void mappedAddressesAreIpv4() throws IOException {
        read(recorded("ages"));
        assertThat(socket(7003, 40_003).local()).isEqualTo(endpoint("127.0.0.1", 7003));
        assertThat(socket(7002, 40_002).local()).isEqualTo(endpoint("::1", 7002));
    }

    @Test
    void withoutTcpInfoOnlyTheAgesAreMissing() throws IOException {
        read(recorded("basic"));
        assertThat(sockets).hasSize(22).allSatisfy(socket -> {
            assertThat(socket.lastReceivedMs()).isEqualTo(SocketEntry.UNKNOWN);
            assertThat(socket.lastSentMs()).isEqualTo(SocketEntry.UNKNOWN);
            assertThat(socket.peerWindow()).isEqualTo(SocketEntry.UNKNOWN);
        });
        assertThat(socket(7001, 40_001).receiveQueue()).isEqualTo(10);
    }

    @Test
    void onlyWhatIsWantedIsKept() throws IOException {
        SockDiagDump some =
                new SockDiagDump(SEQUENCE, socket -> socket.state() == SocketState.TIME_WAIT, cookie -> false, sockets);
        for (byte[] datagram : recorded("ages")) {
            some.add(buffer(datagram));
        }
        assertThat(sockets).hasSize(1);
    }

    @Test
    void whatIsKnownIsLeftOutInTimeWaitOnly() throws IOException {
        List<Long> asked = new ArrayList<>();
        SockDiagDump some = new SockDiagDump(SEQUENCE, socket -> true, asked::add, sockets);
        for (byte[] datagram : recorded("ages")) {
            some.add(buffer(datagram));
        }
        assertThat(sockets).hasSize(21).noneMatch(socket -> socket.state() == SocketState.TIME_WAIT);
        assertThat(asked).singleElement().satisfies(cookie -> assertThat(cookie).isPositive());
    }

    @Test
    void answersToAnotherRequestAreSkipped() throws IOException {
        SockDiagDump other = new SockDiagDump(SEQUENCE + 1, socket -> true, cookie -> false, sockets);
        for (byte[] datagram : recorded("ages")) {
            other.add(buffer(datagram));
        }
        assertThat(sockets).isEmpty();
        assertThat(other.isEnded()).isFalse();
    }

    @Test
    void aTableThatChangedIsNone() throws IOException {
        dump.add(message(DONE, 0x10, 0));
        assertThat(dump.isEnded()).isTrue();
        assertThat(dump.isInterrupted()).isTrue();
    }

    @Test
    void errorsOfTheKernelSayWhetherAnotherAttemptHelps() {
        assertThatThrownBy(() -> dump.add(message(ERROR, 0, -1)))
                .isInstanceOfSatisfying(
                        SocketTableException.class,
                        refused -> assertThat(refused.isMomentary()).isFalse())
                .hasMessageContaining("errno 1");
        assertThatThrownBy(() ->
                        new SockDiagDump(SEQUENCE, socket -> true, cookie -> false, sockets).add(message(DONE, 0, -4)))
                .isInstanceOfSatisfying(
                        SocketTableException.class,
                        interrupted -> assertThat(interrupted.isMomentary()).isTrue());
        assertThat(dump.isEnded()).isTrue();
    }

    @Test
    void noOctetsThrowAnythingElse() throws IOException {
        List<byte[]> originals = recorded("ages");
        Random random = new Random(20_261_122);
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] mutant = mutate(originals.get(random.nextInt(originals.size())), random);
            try {
                new SockDiagDump(SEQUENCE, socket -> true, cookie -> false, new ArrayList<>()).add(buffer(mutant));
            } catch (SocketTableException e) {
                refused++;
            }
        }
        assertThat(refused).as("mutants that are no dump").isBetween(2_000, 19_000);
    }

    private static byte[] mutate(byte[] original, Random random) {
        byte[] mutant = java.util.Arrays.copyOf(
                original, random.nextInt(4) == 0 ? random.nextInt(original.length) : original.length);
        for (int changes = random.nextInt(8); changes > 0 && mutant.length > 0; changes--) {
            int at = random.nextInt(mutant.length);
            // Headers and lengths are where a parser can be led astray.
            mutant[random.nextBoolean() ? at : at & ~0xff] = (byte) random.nextInt();
        }
        return mutant;
    }

    private void read(List<byte[]> datagrams) throws IOException {
        for (byte[] datagram : datagrams) {
            dump.add(buffer(datagram));
        }
    }

    private SocketEntry socket(int localPort, int remotePort) {
        return sockets.stream()
                .filter(socket ->
                        socket.local().port() == localPort && socket.remote().port() == remotePort)
                .findFirst()
                .orElseThrow();
    }

    private static ByteBuffer message(int type, int flags, int error) {
        ByteBuffer message = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
        message.putInt(20)
                .putShort((short) type)
                .putShort((short) flags)
                .putInt(SEQUENCE)
                .putInt(0)
                .putInt(error);
        return message.flip();
    }

    private static ByteBuffer buffer(byte[] octets) {
        return ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** One datagram a line. */
    private static List<byte[]> recorded(String name) {
        try (InputStream hex = SockDiagDumpTest.class.getResourceAsStream("/sock_diag/" + name + ".hex")) {
            return new String(hex.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .map(HexFormat.of()::parseHex)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Endpoint endpoint(String address, int port) {
        return Endpoint.of(new InetSocketAddress(address, port));
    }
}
