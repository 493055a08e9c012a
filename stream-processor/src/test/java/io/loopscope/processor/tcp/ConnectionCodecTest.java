package io.loopscope.processor.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Round trips are part of every figure script; here is what concerns the form itself. */
class ConnectionCodecTest {

    private static final String CONVERSATION = """
            SYN-SENT     --> <SEQ=99><CTL=SYN><WSOPT=7><MSS=65495>                --> SYN-RECEIVED
            ESTABLISHED  <-- <SEQ=299><ACK=100><CTL=SYN,ACK><WSOPT=7><MSS=65495>  <-- SYN-RECEIVED
            ESTABLISHED  --> <SEQ=100><ACK=300><CTL=ACK><WND=512>                 --> ESTABLISHED
            +9.5 ESTABLISHED --> <SEQ=100><ACK=300><CTL=ACK><LEN=512><WND=512>    --> ESTABLISHED
            ESTABLISHED  <-- <SEQ=300><ACK=612><CTL=ACK><LEN=40000><WND=512>      <-- ESTABLISHED
            +30 FIN-WAIT-1 --> <SEQ=612><ACK=40300><CTL=FIN,ACK><WND=512>         --> CLOSE-WAIT
            FIN-WAIT-2   <-- <SEQ=40300><ACK=613><CTL=ACK><WND=512>               <-- CLOSE-WAIT
            """;

    private static byte[] stored(Connection connection) throws IOException {
        var octets = new ByteArrayOutputStream();
        connection.writeTo(new DataOutputStream(octets));
        return octets.toByteArray();
    }

    private static Connection read(Connection like, byte[] octets) throws IOException {
        return Connection.readFrom(
                like.fourTuple(), like.settings(), new DataInputStream(new ByteArrayInputStream(octets)));
    }

    private static byte[] surrounded(byte[] octets) {
        byte[] longer = new byte[octets.length + 7];
        System.arraycopy(octets, 0, longer, 3, octets.length);
        return longer;
    }

    @Test
    void ordinaryConnectionTakesLessThan250Octets() throws IOException {
        assertThat(stored(Figures.play(CONVERSATION).connection())).hasSizeLessThan(250);
    }

    @Test
    void packedConnectionIsStoredAsBeforeAndGoesOnAsBefore() throws IOException {
        Connection connection = Figures.play(CONVERSATION).connection();
        byte[] live = stored(connection);

        connection.pack();
        assertThat(stored(connection)).isEqualTo(live);
        assertThat(connection.packed).isNotNull();

        assertThat(connection.endpoint(connection.client()).state()).isEqualTo(TcpState.FIN_WAIT_2);
        assertThat(connection.packed).isNull();
        assertThat(stored(connection)).isEqualTo(live);
    }

    @Test
    void packedConnectionIsKeptInTheStoredOctetsAndLeavesThemAlone() throws IOException {
        Connection connection = Figures.play(CONVERSATION).connection();
        byte[] value = surrounded(stored(connection));
        byte[] before = value.clone();
        assertThat(connection.share(value, 3, value.length - 4))
                .as("not packed")
                .isFalse();

        connection.pack();
        assertThat(connection.share(value, 3, value.length - 4)).isTrue();
        assertThat(connection.packed.isIn(value)).isTrue();
        assertThat(stored(connection)).isEqualTo(stored(read(connection, stored(connection))));
        assertThat(connection.endpoint(connection.client()).state()).isEqualTo(TcpState.FIN_WAIT_2);
        connection.at(Long.MAX_VALUE - 1, ConnectionListener.NONE);
        assertThat(value).isEqualTo(before);
    }

    @Test
    void octetsOfAnotherConnectionAreNotShared() throws IOException {
        Connection connection = Figures.play(CONVERSATION).connection();
        byte[] live = stored(connection);
        connection.pack();
        for (int i = 2; i < live.length; i++) {
            byte[] other = live.clone();
            other[i]++;
            if (connection.share(other, 0, other.length)) {
                assertThat(stored(connection))
                        .as("octet %d is not of the part that is shared", i)
                        .isEqualTo(live);
            }
        }
    }

    @Test
    void connectionThatSawNothingIsTwoOctets() throws IOException {
        var connection =
                new Connection(FourTuple.of(1, Address.LOOPBACK_4, 1, Address.LOOPBACK_4, 2), TcpSettings.DEFAULT);
        byte[] octets = stored(connection);
        assertThat(octets).hasSize(2);
        assertThat(read(connection, octets).incarnations()).isZero();
    }

    @Test
    void unknownVersionIsRefused() throws IOException {
        Connection connection = Figures.play(CONVERSATION).connection();
        byte[] octets = stored(connection);
        octets[0] = 99;
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> read(connection, octets))
                .withMessage("stored connection has version 99, this release reads 1");
    }

    @Test
    void inputThatEndsEarlyIsRefusedWhereverItEnds() throws IOException {
        Connection connection = Figures.play(CONVERSATION).connection();
        byte[] octets = stored(connection);
        for (int length = 0; length < octets.length; length++) {
            byte[] part = java.util.Arrays.copyOf(octets, length);
            assertThatExceptionOfType(EOFException.class)
                    .as("%d octets", length)
                    .isThrownBy(() -> read(connection, part));
        }
    }

    /** The stored form holds places in these enums: constants may be added at the end, never moved. */
    @Test
    void constantsKeepTheirPlaces() {
        assertThat(TcpState.values())
                .extracting(Enum::name)
                .startsWith(
                        "CLOSED",
                        "SYN_SENT",
                        "SYN_RECEIVED",
                        "ESTABLISHED",
                        "FIN_WAIT_1",
                        "FIN_WAIT_2",
                        "CLOSING",
                        "TIME_WAIT",
                        "CLOSE_WAIT",
                        "LAST_ACK");
        assertThat(Side.values()).extracting(Enum::name).containsExactly("LOW", "HIGH");
        assertThat(Initiator.values()).extracting(Enum::name).startsWith("SYN", "SYNACK", "INFERRED");
        assertThat(CloseReason.values())
                .extracting(Enum::name)
                .startsWith("FINISHED", "RESET", "REFUSED", "GAVE_UP", "TUPLE_REUSED");
        assertThat(ResetCause.values())
                .extracting(Enum::name)
                .startsWith("REFUSED", "ABORTED", "UNREAD_DATA", "KEEPALIVE_GAVE_UP", "NO_SOCKET", "AFTER_CLOSE");
        assertThat(ZeekHistory.End.values())
                .extracting(Enum::name)
                .startsWith("INACTIVE", "SYN_SENT", "SYN_ACK_SENT", "PARTIAL", "ESTABLISHED", "CLOSED", "RESET");
    }
}
