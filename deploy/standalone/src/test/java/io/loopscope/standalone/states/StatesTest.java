package io.loopscope.standalone.states;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loopscope.agent.parse.IpAddress;
import io.loopscope.agent.publish.Identity;
import io.loopscope.agent.sockets.Endpoint;
import io.loopscope.agent.sockets.SocketEntry;
import io.loopscope.agent.sockets.SocketOwner;
import io.loopscope.agent.sockets.SocketOwners;
import io.loopscope.agent.sockets.SocketState;
import io.loopscope.agent.sockets.SocketTable;
import io.loopscope.agent.sockets.SocketTimer;
import io.loopscope.schemas.v1.TcpState;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import io.loopscope.settings.Program;
import io.loopscope.settings.terminal.Palette;
import io.loopscope.standalone.states.WireCensus.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StatesTest {
    private static final Instant AT = Instant.parse("2026-11-22T12:00:00Z");
    private static final SocketOwner LEAKY = new SocketOwner(42, "leaky\u001b[2J", 7, 9, 1024);
    private static final View ALL = new View(List.of(), Set.of());

    /** A listener, a leak over IPv4 of which the server is known and the client's owner is hidden, a TIME_WAIT. */
    private static final List<SocketEntry> ENTRIES = List.of(
            entry("::", 13306, "::", 0, SocketState.LISTEN, 1, SocketEntry.UNKNOWN, 0),
            entry("127.0.0.1", 13306, "127.0.0.1", 50000, SocketState.CLOSE_WAIT, 2, 192_000, 0),
            entry("127.0.0.1", 50000, "127.0.0.1", 13306, SocketState.FIN_WAIT_2, 3, 4_200, 0),
            entry("::1", 50001, "::1", 13306, SocketState.TIME_WAIT, 0, SocketEntry.UNKNOWN, 59_000));

    @Nested
    class Names {
        @ParameterizedTest
        @EnumSource(NetstatState.class)
        void everyStateIsReadAsItIsPrinted(NetstatState state) {
            assertThat(NetstatState.parse(state.name())).contains(state);
            assertThat(NetstatState.parse(
                            state.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-')))
                    .contains(state);
        }

        @ParameterizedTest
        @CsvSource({
            "ESTAB,ESTABLISHED",
            "SYN-RECEIVED,SYN_RECV",
            "FIN-WAIT-1,FIN_WAIT1",
            "FIN_WAIT_2,FIN_WAIT2",
            "closed,CLOSE",
            "UNCONN,CLOSE"
        })
        void theSpellingsOfSsAndTheRfcAreRead(String text, NetstatState meant) {
            assertThat(NetstatState.parse(text)).contains(meant);
        }

        @Test
        void theKernelsStatesAndTheWiresHaveDistinctNames() {
            assertThat(SocketState.values())
                    .extracting(NetstatState::of)
                    .containsExactlyInAnyOrder(NetstatState.values());
            assertThat(NetstatState.of(TcpState.FIN_WAIT_1)).contains(NetstatState.FIN_WAIT1);
            assertThat(NetstatState.of(TcpState.UNKNOWN)).isEmpty();
        }
    }

    @Nested
    class Tables {
        @Test
        void countsHaveAllElevenStatesInTheKernelsOrder() {
            assertThat(table(ALL).lines(snapshot(), null)).startsWith("""
                    STATE         SOCKETS
                    ESTABLISHED         0
                    SYN_SENT            0
                    SYN_RECV            0
                    FIN_WAIT1           0
                    FIN_WAIT2           1
                    TIME_WAIT           1
                    CLOSE               0
                    CLOSE_WAIT          1
                    LAST_ACK            0
                    LISTEN              1
                    CLOSING             0
                    total               4""".split("\n"));
        }

        @Test
        void theWireIsBesideTheKernel() {
            StateCounts counts = new StateCounts();
            counts.add(NetstatState.CLOSE_WAIT, 2);

            assertThat(table(ALL).lines(snapshot(), new Wire(AT, counts)))
                    .contains(
                            "STATE          KERNEL     WIRE",
                            "CLOSE_WAIT          1        2",
                            "LISTEN              1        -",
                            "total               4        2",
                            "WIRE: connections seen by the agent and not the pipeline's own, as of " + AT);
            assertThat(table(ALL).lines(snapshot(), new Wire(null, new StateCounts())))
                    .contains("note: no processor has counted anything of this host and network namespace");
        }

        @Test
        void bothEndsCountForTheServersPort() {
            assertThat(table(new View(List.of(Grouping.PORT), Set.of())).lines(snapshot(), null))
                    .startsWith(
                            "PORT   FIN_WAIT2  TIME_WAIT  CLOSE_WAIT  LISTEN  TOTAL",
                            "13306          1          1           1       1      4");
        }

        @Test
        void ownersAreNamedHiddenOrNone() {
            assertThat(table(new View(List.of(Grouping.PROCESS), Set.of())).lines(snapshot(), null))
                    .startsWith(
                            "PROCESS          FIN_WAIT2  TIME_WAIT  CLOSE_WAIT  LISTEN  TOTAL",
                            "42/leaky\\x1b[2J          0          0           1       1      2",
                            "-                        0          1           0       0      1",
                            "?                        1          0           0       0      1");
        }

        @Test
        void chosenSocketsAreListedWithOwnerAndAge() {
            View view = new View(List.of(), Set.of(NetstatState.CLOSE_WAIT, NetstatState.LISTEN));

            assertThat(table(view).lines(snapshot(), null))
                    .startsWith(
                            "STATE       LOCAL            REMOTE           PROCESS            AGE  RECV-Q  SEND-Q",
                            "LISTEN      [::]:13306       [::]:*           42/leaky\\x1b[2J      -       0       0",
                            "CLOSE_WAIT  127.0.0.1:13306  127.0.0.1:50000  42/leaky\\x1b[2J  3m12s       0       0",
                            "2 of 4 sockets");
        }

        @Test
        void whatIsNotSeenIsSaid() {
            assertThat(table(new View(List.of(Grouping.ADDRESS), Set.of())).lines(snapshot(), null))
                    .last()
                    .asString()
                    .isEqualTo(
                            "note: sockets of processes that may not be looked into: 1 (of 3 such processes); root or"
                                    + " CAP_SYS_PTRACE sees whose they are");
        }

        @ParameterizedTest
        @CsvSource({"-1,-", "0,0.0s", "4249,4.2s", "60000,1m00s", "192000,3m12s", "3600000,1h00m", "18420000,5h07m"})
        void agesAreShort(long ageMs, String text) {
            assertThat(StatesTable.age(ageMs)).isEqualTo(text);
        }

        private StatesTable table(View view) {
            return new StatesTable(view, Palette.NONE);
        }
    }

    @Nested
    class Json {
        @Test
        void hasAllElevenStatesAndWhatWasAskedFor() {
            View view = new View(List.of(), Set.of(NetstatState.CLOSE_WAIT));

            String line = new StatesJson(view, new Identity("db1", "", 0, 77)).line(snapshot(), null);

            assertThat(line)
                    .startsWith("{\"states\":{\"ESTABLISHED\":0,\"SYN_SENT\":0,\"SYN_RECV\":0,\"FIN_WAIT1\":0,"
                            + "\"FIN_WAIT2\":1,\"TIME_WAIT\":1,\"CLOSE\":0,\"CLOSE_WAIT\":1,\"LAST_ACK\":0,\"LISTEN\":1,"
                            + "\"CLOSING\":0},\"total\":4,\"at\":\"2026-11-22T12:00:00Z\",\"host_id\":\"db1\","
                            + "\"network_namespace\":77,\"source\":\"fake\"")
                    .contains("\"sockets\":[{\"state\":\"CLOSE_WAIT\",\"local\":\"127.0.0.1:13306\","
                            + "\"remote\":\"127.0.0.1:50000\",\"pid\":42,\"process\":\"leaky\\u001B[2J\"")
                    .contains("\"age_ms\":192000", "\"last_sent_ms\":null")
                    .doesNotContain("\u001b", "\"wire\"", "\n");
        }

        @Test
        void hasTheWireWhenThereIsOne() {
            StateCounts counts = new StateCounts();
            counts.add(NetstatState.ESTABLISHED, 5);

            assertThat(new StatesJson(ALL, new Identity("", "", 0, 0)).line(snapshot(), new Wire(AT, counts)))
                    .contains("\"wire\":{\"states\":{\"ESTABLISHED\":5,", "\"at\":\"2026-11-22T12:00:00Z\"}");
        }
    }

    @Nested
    class Kernel {
        @Test
        void aTableThatCannotBeReadIsAFailureWithARemedy() {
            SocketTable broken = new FakeTable() {
                @Override
                public List<SocketEntry> read(Predicate<? super SocketEntry> wanted) throws IOException {
                    throw new IOException("it is torn");
                }
            };
            try (KernelTable table = new KernelTable(broken, inodes -> new SocketOwners.Found(Map.of(), 0), clock())) {
                assertThatThrownBy(() -> table.read(Set.of(), false))
                        .isInstanceOf(OperatingException.class)
                        .hasMessageContaining("it is torn");
            }
        }

        @Test
        void onlyOwnersOfWhatIsListedAreLookedFor() {
            KernelTable.OwnerSearch picky = inodes -> {
                assertThat(inodes).containsExactly(2L);
                return new SocketOwners.Found(Map.of(2L, LEAKY), 0);
            };
            try (KernelTable table = new KernelTable(new FakeTable(), picky, clock())) {
                Snapshot snapshot = table.read(Set.of(NetstatState.CLOSE_WAIT), true);
                assertThat(snapshot.in(Set.of(NetstatState.CLOSE_WAIT)))
                        .singleElement()
                        .extracting(SocketLine::owner)
                        .isEqualTo(LEAKY);
                assertThat(snapshot.limitations()).isEmpty();
            }
        }
    }

    @Nested
    class CommandLine {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "--state=FOO | 'FOO' is no state; there are ESTABLISHED",
                    "--watch=0 | --watch must be from 0.1",
                    "--watch=NaN | --watch must be from 0.1",
                    "--by=colour | expected one of"
                })
        void aWrongCommandLineIsAUsageError(String option, String message) {
            StringWriter err = new StringWriter();

            assertThat(run(err, option)).isEqualTo(ExitCode.USAGE);
            assertThat(err.toString()).contains(message);
        }

        @Test
        void aKafkaThatIsNamedAndAwayIsAnErrorOfItsOwn() {
            StringWriter err = new StringWriter();

            assertThat(run(err, "-b", "127.0.0.1:1", "--set", "kafka.default.api.timeout.ms=500"))
                    .isEqualTo(ExitCode.KAFKA_UNAVAILABLE);
            assertThat(err.toString()).contains("Kafka at 127.0.0.1:1 does not answer");
        }

        private int run(StringWriter err, String... arguments) {
            return Program.commandLine(new StatesCommand(new ByteArrayOutputStream()))
                    .setErr(new PrintWriter(err))
                    .execute(arguments);
        }
    }

    private static class FakeTable implements SocketTable {
        @Override
        public List<SocketEntry> read(Predicate<? super SocketEntry> wanted) throws IOException {
            return ENTRIES.stream().filter(wanted).toList();
        }

        @Override
        public String source() {
            return "fake";
        }
    }

    private static Snapshot snapshot() {
        KernelTable.OwnerSearch owners = inodes -> new SocketOwners.Found(Map.of(1L, LEAKY, 2L, LEAKY), 3);
        try (KernelTable table = new KernelTable(new FakeTable(), owners, clock())) {
            return table.read(Set.of(), true);
        }
    }

    private static Clock clock() {
        return Clock.fixed(AT, ZoneOffset.UTC);
    }

    private static SocketEntry entry(
            String local,
            int localPort,
            String remote,
            int remotePort,
            SocketState state,
            long inode,
            long lastReceivedMs,
            long timerMs) {
        return new SocketEntry(
                end(local, localPort),
                end(remote, remotePort),
                state,
                inode,
                0,
                0,
                0,
                0,
                timerMs == 0 ? SocketTimer.NONE : SocketTimer.TIME_WAIT,
                timerMs,
                0,
                lastReceivedMs,
                SocketEntry.UNKNOWN,
                SocketEntry.UNKNOWN,
                SocketEntry.UNKNOWN);
    }

    private static Endpoint end(String address, int port) {
        try {
            byte[] octets = InetAddress.getByName(address).getAddress();
            return new Endpoint(IpAddress.high(octets), IpAddress.low(octets), port);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
