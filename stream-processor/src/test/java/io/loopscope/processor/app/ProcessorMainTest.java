package io.loopscope.processor.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.settings.ExitCode;
import io.loopscope.settings.Program;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ProcessorMainTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void referenceFileIsAValidConfiguration() throws IOException {
        assertThat(run("--print-config-reference")).isEqualTo(ExitCode.OK);
        Path reference = Files.writeString(folder.resolve("reference.yaml"), out.toString());

        assertThat(run("validate", reference.toString())).as(err.toString()).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).endsWith("reference.yaml: fine\n");
    }

    @Test
    void validateNamesTheLineAndWhatWasMeant() throws IOException {
        Path file = Files.writeString(
                folder.resolve("processor.yaml"), "processor:\n  treads: 2\ntopics.create: perhaps\n");

        assertThat(run("validate", file.toString())).isEqualTo(ExitCode.BAD_CONFIGURATION);
        assertThat(err.toString())
                .contains("processor.yaml:2:3: unknown setting processor.treads; did you mean processor.threads?")
                .contains("processor.yaml:3:1: topics.create");
    }

    @Test
    void validateFindsSettingsThatContradictEachOther() throws IOException {
        Path file =
                Files.writeString(folder.resolve("processor.yaml"), "detector.close.wait.stuck.warning.after: 10m\n");

        assertThat(run("validate", file.toString())).isEqualTo(ExitCode.BAD_CONFIGURATION);
        assertThat(err.toString()).contains("is before detector.close.wait.stuck.warning.after");
    }

    @Test
    void brokerThatDoesNotAnswerIsNamedWithARemedy() throws IOException {
        String nobody = "127.0.0.1:" + freePort();

        int code = run("--bootstrap-servers", nobody, "--set", "processor.start.timeout=1s");

        assertThat(code).isEqualTo(ExitCode.KAFKA_UNAVAILABLE);
        assertThat(err.toString())
                .contains("no Kafka broker answered at " + nobody + " within 1s")
                .contains("Check that it runs");
    }

    @Test
    void addressThatIsNoneIsAProblemOfTheConfiguration() {
        assertThat(run("--bootstrap-servers", "nowhere")).isEqualTo(ExitCode.BAD_CONFIGURATION);
        assertThat(err.toString()).contains("nowhere");
    }

    private int run(String... arguments) {
        CommandLine line = Program.commandLine(new ProcessorMain());
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
