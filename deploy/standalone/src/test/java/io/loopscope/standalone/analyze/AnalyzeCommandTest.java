package io.loopscope.standalone.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.settings.ExitCode;
import io.loopscope.settings.Program;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * On a capture of the mariadb client talking to MariaDB on port 13306 of loopback: handshake, three queries, quit; and on
 * one of a client that leaves while the server never closes.
 */
class AnalyzeCommandTest {
    private static final Path CAPTURES = Path.of("src/test/resources/captures");
    private static final Path MYSQL = CAPTURES.resolve("mysql-13306.pcap");
    private static final Path LEAK = CAPTURES.resolve("leak-13306.pcap");

    @TempDir
    Path folder;

    private int exitCode;
    private String err = "";

    @Test
    void bothEndsOfTheMysqlConnectionPacketByPacket() {
        List<String> transitions = lines(run("-o", "json", MYSQL.toString()), "\"type\":\"transition\"");
        assertThat(transitions.stream().map(AnalyzeCommandTest::step))
                .containsExactly(
                        "1 client CLOSED SYN_SENT",
                        "1 server CLOSED SYN_RECEIVED",
                        "2 client SYN_SENT ESTABLISHED",
                        "3 server SYN_RECEIVED ESTABLISHED",
                        "16 client ESTABLISHED FIN_WAIT_1",
                        "16 server ESTABLISHED CLOSE_WAIT",
                        "17 server CLOSE_WAIT LAST_ACK",
                        "17 client FIN_WAIT_1 FIN_WAIT_2",
                        "17 client FIN_WAIT_2 TIME_WAIT",
                        "18 server LAST_ACK CLOSED");
        assertThat(exitCode).isZero();
    }

    @Test
    void theMysqlConnectionInOneJsonObject() {
        assertThat(lines(run("-o", "json", MYSQL.toString()), "\"type\":\"connection\""))
                .singleElement()
                .asString()
                .contains("\"client\":\"127.0.0.1:51822\"", "\"server\":\"127.0.0.1:13306\"", "\"initiator\":\"syn\"")
                .contains("\"started\":\"2026-11-22T08:59:36.973992413Z\"", "\"ended\":null", "\"partial\":false")
                .contains("\"client_state\":\"TIME_WAIT\"", "\"server_state\":\"CLOSED\"", "\"conn_state\":\"SF\"")
                .contains("\"client_packets\":10", "\"server_packets\":8")
                .contains("\"client_bytes\":279", "\"server_bytes\":365", "\"anomalies\":[]");
    }

    @Test
    void theMysqlConnectionInOneCsvLine() {
        assertThat(run("-o", "csv", MYSQL.toString()).lines().toList())
                .containsExactly(
                        "file,a_ip,a_port,b_ip,b_port,first_ts,last_ts,a_pkts,b_pkts,a_bytes,b_bytes,syn_a,syn_b,"
                                + "synack_a,synack_b,fin_a,fin_b,rst_a,rst_b,first_fin,history,conn_state,"
                                + "a_state,b_state",
                        "mysql-13306.pcap,127.0.0.1,51822,127.0.0.1,13306,1795337976.973992413,1795337976.979414320,"
                                + "10,8,279,365,1,0,0,1,1,1,0,0,a,ShAdDaFf,SF,TIME_WAIT,CLOSED");
    }

    @Test
    void timeStandsAtTheLastPacketUnlessItIsToldToRunOn() {
        assertThat(run(MYSQL.toString())).contains("states (both ends): CLOSED 1, TIME_WAIT 1");
        assertThat(run("--until", "+59s", MYSQL.toString())).contains("CLOSED 1, TIME_WAIT 1");
        assertThat(run("--until", "+90s", MYSQL.toString())).contains("states (both ends): CLOSED 2");
    }

    @Test
    void aServerThatNeverClosesIsFoundWhenTimeRunsOn() {
        assertThat(run("-o", "json", "--until", "+59s", LEAK.toString())).doesNotContain("CLOSE_WAIT_STUCK");
        List<String> anomalies = lines(run("-o", "json", "--until", "+301s", LEAK.toString()), "CLOSE_WAIT_STUCK");
        assertThat(anomalies).hasSize(3);
        assertThat(anomalies.get(0)).contains("\"stage\":\"OPENED\"", "\"end\":\"server\"", "\"severity\":\"warning\"");
        assertThat(anomalies.get(1)).contains("\"stage\":\"ESCALATED\"", "\"severity\":\"critical\"");
        assertThat(anomalies.get(2)).contains("\"type\":\"connection\"", "\"anomalies\":[\"CLOSE_WAIT_STUCK\"]");
    }

    @Test
    void aThresholdCanBeShortened() {
        String[] short_ = {"-o", "json", "--until", "+6s", "--threshold", "CLOSE_WAIT_STUCK=5s", LEAK.toString()};
        assertThat(run(short_)).contains("\"name\":\"CLOSE_WAIT_STUCK\"");
    }

    @Test
    void compressedFilesAndFoldersAreRead() throws IOException {
        Path packed = folder.resolve("packed.pcap.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            Files.copy(MYSQL, out);
        }
        Files.copy(LEAK, Files.createDirectories(folder.resolve("inside")).resolve("leak.pcap"));
        Files.writeString(folder.resolve("notes.txt"), "not a capture");
        assertThat(run("-o", "csv", folder.toString())
                        .lines()
                        .skip(1)
                        .map(line -> line.substring(0, line.indexOf(','))))
                .containsExactly("inside/leak.pcap", "packed.pcap.gz");
    }

    @Test
    void whatIsReadableOfATruncatedFileIsShown() throws IOException {
        byte[] whole = Files.readAllBytes(MYSQL);
        Path cut = Files.write(folder.resolve("cut.pcap"), Arrays.copyOf(whole, whole.length - 10));
        assertThat(run("-o", "csv", cut.toString())).contains(",9,8,279,365,");
        assertThat(exitCode).isEqualTo(ExitCode.FAILURE);
        assertThat(err).contains("cut.pcap", "byte");
    }

    @Test
    void aFileThatIsNoCaptureDoesNotStopTheOthers() throws IOException {
        Path text = Files.writeString(folder.resolve("notes.txt"), "not a capture");
        assertThat(run("-o", "csv", text.toString(), MYSQL.toString())).contains("ShAdDaFf");
        assertThat(exitCode).isEqualTo(ExitCode.FAILURE);
        assertThat(err).contains("notes.txt", "not a pcap or pcapng file");
    }

    @Test
    void mistakesOnTheCommandLineSayWhatIsRight() {
        run("--threshold", "CLOSE_WAIT=5s", MYSQL.toString());
        assertThat(exitCode).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("CLOSE_WAIT_STUCK");
        run("--until", "90", MYSQL.toString());
        assertThat(exitCode).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("+90s");
        run("-o", "xml", MYSQL.toString());
        assertThat(exitCode).isEqualTo(ExitCode.USAGE);
        run();
        assertThat(exitCode).isEqualTo(ExitCode.USAGE);
    }

    private String run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter errors = new StringWriter();
        CommandLine line = Program.commandLine(new AnalyzeCommand(out)).setErr(new PrintWriter(errors));
        exitCode = line.execute(arguments);
        err = errors.toString();
        return out.toString(StandardCharsets.UTF_8);
    }

    private static List<String> lines(String output, String having) {
        return output.lines().filter(line -> line.contains(having)).toList();
    }

    private static String step(String json) {
        return "%s %s %s %s"
                .formatted(field(json, "packet"), field(json, "end"), field(json, "from"), field(json, "to"));
    }

    private static String field(String json, String name) {
        return json.replaceAll(".*\"" + name + "\":\"?([^\",}]*).*", "$1");
    }
}
