package io.loopscope.settings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;

/** A definition with one setting of each kind. */
final class Sample {
    static final ConfigDef AGENT = new ConfigDef()
            .define(
                    "agent.interface",
                    ConfigDef.Type.STRING,
                    "lo",
                    ConfigDef.Importance.HIGH,
                    "Interface to capture on.")
            .define(
                    "agent.host",
                    ConfigDef.Type.STRING,
                    null,
                    ConfigDef.Importance.LOW,
                    "Name of this host; the kernel's when left out.")
            .define(
                    "agent.snaplen",
                    ConfigDef.Type.INT,
                    128,
                    ConfigDef.Range.between(68, 65_535),
                    ConfigDef.Importance.LOW,
                    "Octets kept of each packet.")
            .define(
                    "agent.exclude.ports",
                    ConfigDef.Type.LIST,
                    List.of(),
                    ConfigDef.Importance.LOW,
                    "Ports not to capture.")
            .define("agent.promiscuous", ConfigDef.Type.BOOLEAN, false, ConfigDef.Importance.LOW, "Promiscuous mode.")
            .define(
                    "agent.sample",
                    ConfigDef.Type.DOUBLE,
                    1.0,
                    ConfigDef.Range.between(0, 1),
                    ConfigDef.Importance.LOW,
                    "Share kept.")
            .define(
                    "agent.mode",
                    ConfigDef.Type.STRING,
                    "all",
                    ConfigDef.ValidString.in("all", "coalesced"),
                    ConfigDef.Importance.LOW,
                    "M.")
            .define("agent.registry.password", ConfigDef.Type.PASSWORD, null, ConfigDef.Importance.LOW, "Password.");

    static final ConfigDef DETECTOR = new ConfigDef()
            .define(
                    "detector.close.wait.stuck",
                    ConfigDef.Type.STRING,
                    "60s",
                    DurationRange.between("1s", "1d"),
                    ConfigDef.Importance.HIGH,
                    "Time in CLOSE-WAIT until it is reported.")
            .define(
                    "detector.sweep.interval",
                    ConfigDef.Type.STRING,
                    "5s",
                    DurationRange.atLeast("100ms"),
                    ConfigDef.Importance.LOW,
                    "Time between sweeps.");

    static final Family PORTS = Family.overriding(
            "detector.ports",
            "port",
            Family.PORT,
            "detector",
            DETECTOR,
            List.of("close.wait.stuck"),
            "Other values for one server port.");

    static final SettingsDefinition DEFINITION = SettingsDefinition.builder("agent")
            .define(AGENT)
            .define(DETECTOR)
            .family(PORTS)
            .kafka(Map.of("bootstrap.servers", "127.0.0.1:9092"))
            .build();

    private Sample() {}

    /** Loads one file with this text, called loopscope.yaml. */
    static Settings load(Path folder, String yaml) {
        return DEFINITION.load().file(write(folder, yaml)).load();
    }

    static Path write(Path folder, String yaml) {
        return write(folder, "loopscope.yaml", yaml);
    }

    static Path write(Path folder, String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Problems with the folder taken off, one a line. */
    static String problems(Path folder, ConfigurationException e) {
        return e.problems().stream()
                .map(problem -> problem.toString().replace(folder + "/", ""))
                .collect(Collectors.joining("\n"));
    }
}
