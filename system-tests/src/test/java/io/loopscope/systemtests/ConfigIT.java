package io.loopscope.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.settings.ExitCode;
import io.loopscope.systemtests.harness.ChildProcess;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.Waits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Settings files are checked before anything starts, with the line and what was probably meant. */
class ConfigIT {
    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    @Test
    void theAgentNamesLineAndSuggestionOfAnUnknownSetting() throws IOException {
        Path file = write("agent.yaml", "agent:\n  intreface: lo\n");

        ChildProcess validate = PROCESSES.startLoopscope("agent-bad", "agent", "validate", file.toString());

        assertThat(validate.awaitExit(Waits.PROGRAM)).isEqualTo(ExitCode.BAD_CONFIGURATION);
        assertThat(validate.errors())
                .contains(file + ":2:3: unknown setting agent.intreface; did you mean agent.interface?");
    }

    @Test
    void theProcessorNamesLineAndSuggestionOfAnUnknownSetting() throws IOException {
        Path file = write("processor.yaml", "kafka:\n  bootstrap.servers: 127.0.0.1:9092\ndetectro:\n  x: 1s\n");

        ChildProcess validate = PROCESSES.startLoopscope("processor-bad", "processor", "validate", file.toString());

        assertThat(validate.awaitExit(Waits.PROGRAM)).isEqualTo(ExitCode.BAD_CONFIGURATION);
        assertThat(validate.errors()).contains(file + ":4:3: unknown setting detectro.x");
    }

    @Test
    void aWrongFileKeepsTheAgentFromStarting() throws IOException {
        Path file = write("start.yaml", "agent:\n  intreface: lo\n");

        ChildProcess agent = PROCESSES.startLoopscope("agent-start", "agent", "--config", file.toString());

        assertThat(agent.awaitExit(Waits.PROGRAM)).isEqualTo(ExitCode.BAD_CONFIGURATION);
    }

    @Test
    void aGoodFileIsValid() throws IOException {
        Path file = write("good.yaml", "agent:\n  interface: lo\nkafka:\n  bootstrap.servers: 127.0.0.1:9092\n");

        ChildProcess validate = PROCESSES.startLoopscope("agent-good", "agent", "validate", file.toString());

        assertThat(validate.awaitExit(Waits.PROGRAM)).isEqualTo(ExitCode.OK);
    }

    private static Path write(String name, String yaml) throws IOException {
        return Files.writeString(PROCESSES.folder().resolve(name), yaml);
    }
}
