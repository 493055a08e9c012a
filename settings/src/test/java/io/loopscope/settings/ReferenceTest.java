package io.loopscope.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceTest {
    @TempDir
    Path folder;

    @Test
    void yamlShowsEachSettingWithMeaningRangeAndDefault() {
        assertThat(ReferenceYaml.render(Sample.DEFINITION)).contains("""

                # Octets kept of each packet.
                # Allowed: whole number, from 68 to 65535.
                agent.snaplen: 128
                """, """

                # Name of this host; the kernel's when left out.
                # Allowed: text.
                # agent.host:
                """, """
                detector.close.wait.stuck: 1m
                """, """

                # Other values for one server port.
                # Allowed for the part in <>: a port from 1 to 65535.
                # detector.ports.<port>.close.wait.stuck: <duration, from 1s to 1d>
                """, """
                kafka:
                  bootstrap.servers: 127.0.0.1:9092
                """);
    }

    @Test
    void yamlLoadsAndMeansTheDefaults() {
        var settings = Sample.load(folder, ReferenceYaml.render(Sample.DEFINITION));
        assertThat(settings.hash()).isEqualTo(Sample.DEFINITION.defaults().hash());
        assertThat(settings.origin("agent.snaplen").source()).isEqualTo(Origin.Source.FILE);
    }

    @Test
    void theDefaultOfASecretIsShownAsItIs() {
        var definition = SettingsDefinition.builder("sample")
                .define(new ConfigDef()
                        .define("user.info", ConfigDef.Type.PASSWORD, "", ConfigDef.Importance.LOW, "User."))
                .build();
        assertThat(ReferenceYaml.render(definition)).contains("user.info: \"\"\n");
        assertThat(ReferenceTable.render(definition)).contains("| `user.info` | none |");
    }

    @Test
    void yamlLinesFitOnAScreen() {
        assertThat(ReferenceYaml.render(Sample.DEFINITION).lines()).allMatch(line -> line.length() <= 100);
    }

    @Test
    void tableHasARowForEachSetting() {
        assertThat(ReferenceTable.render(Sample.DEFINITION)).contains("""
                | Setting | Default | Allowed | Meaning |
                |---|---|---|---|
                | `agent.interface` | `lo` | text | Interface to capture on. |
                | `agent.host` | none | text | Name of this host; the kernel's when left out. |
                """, """
                | `detector.ports.<port>.close.wait.stuck` | as `detector.close.wait.stuck` |\
                 duration, from 1s to 1d | Time in CLOSE-WAIT until it is reported. |
                """, """
                | `kafka.bootstrap.servers` | `127.0.0.1:9092` |
                """);
    }
}
