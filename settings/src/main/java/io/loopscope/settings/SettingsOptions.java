package io.loopscope.settings;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where settings come from, as a mixin: {@code @Mixin SettingsOptions options}. */
public final class SettingsOptions {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            defaultValue = "${env:LOOPSCOPE_CONFIG}",
            description = "YAML file with settings. Also LOOPSCOPE_CONFIG.")
    private @Nullable Path config;

    @Option(
            names = "--kafka-config",
            paramLabel = "FILE",
            defaultValue = "${env:LOOPSCOPE_KAFKA_CONFIG}",
            description =
                    "Properties for Kafka's clients, as Kafka's own tools take them. Also LOOPSCOPE_KAFKA_CONFIG.")
    private @Nullable Path kafkaConfig;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Set any setting, for example --set agent.interface=lo. May be repeated.")
    private Map<String, String> set = new LinkedHashMap<>();

    /**
     * A loader that knows the file, the environment of this process and {@code --set}. Add the program's own flags with
     * {@link SettingsLoader#flag} and load.
     */
    public SettingsLoader loader(SettingsDefinition definition) {
        return loader(definition, System.getenv());
    }

    SettingsLoader loader(SettingsDefinition definition, Map<String, String> environment) {
        var loader = definition.load().environment(environment).file(config).kafkaConfig(kafkaConfig);
        set.forEach((key, value) -> loader.flag("--set " + key, key, value));
        return loader;
    }
}
