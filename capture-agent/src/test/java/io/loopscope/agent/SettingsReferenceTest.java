package io.loopscope.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.settings.ReferenceTable;
import io.loopscope.settings.ReferenceYaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Rewrite the pages with {@code mvn -pl capture-agent -am test -Dtest=SettingsReferenceTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dloopscope.docs.update=true}.
 */
class SettingsReferenceTest {
    private static final Path FOLDER = Path.of("../docs/reference");

    @Test
    void thePageSaysWhatTheCodeSays() throws IOException {
        check("agent-settings.md", """
                # Settings of the agent

                Generated from the code. Weakest first: these defaults, the YAML file (`--config`), the environment
                (`agent.interface` is `LOOPSCOPE_AGENT_INTERFACE`), flags (`--set agent.interface=lo`). Durations have units:
                `250ms`, `60s`, `1m30s`. [agent.yaml](agent.yaml) has them all as a file to begin with.

                """ + ReferenceTable.render(AgentSettingKeys.DEFINITION));
    }

    @Test
    void theFileHasEverySetting() throws IOException {
        check("agent.yaml", ReferenceYaml.render(AgentSettingKeys.DEFINITION));
    }

    private static void check(String name, String content) throws IOException {
        Path page = FOLDER.resolve(name);
        if (Boolean.getBoolean("loopscope.docs.update")) {
            Files.writeString(page, content);
        }
        assertThat(page).hasContent(content);
    }
}
