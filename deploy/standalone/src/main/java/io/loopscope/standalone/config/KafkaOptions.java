package io.loopscope.standalone.config;

import io.loopscope.schemas.SchemaIds;
import io.loopscope.schemas.registry.RegisteredSchemas;
import io.loopscope.schemas.registry.RegistryConfig;
import io.loopscope.settings.Logging;
import io.loopscope.settings.Settings;
import io.loopscope.settings.SettingsLoader;
import io.loopscope.settings.SettingsOptions;
import io.loopscope.settings.VerboseOption;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which Kafka a command reads from, as a mixin: {@code @Mixin KafkaOptions kafka}. */
public final class KafkaOptions {
    /** Kafka's name for its brokers. */
    public static final String SERVERS = "bootstrap.servers";

    @Option(
            names = {"-b", "--bootstrap-servers", "--bootstrap-server"},
            paramLabel = "HOST:PORT,...",
            description = "The Kafka to read from.")
    private @Nullable String bootstrapServers;

    @Mixin
    private SettingsOptions settingsOptions = new SettingsOptions();

    @Mixin
    private VerboseOption verbose = new VerboseOption();

    private SchemaIds schemas = SchemaIds.NONE;

    /**
     * Loads the settings and starts logging by them.
     *
     * @return properties of Kafka's clients, to be added to; without {@link #SERVERS} when nobody named them
     * @throws io.loopscope.settings.ConfigurationException when a setting can't be used
     */
    public Map<String, String> load() {
        SettingsLoader loader = settingsOptions
                .loader(PipelineSettings.READER)
                .flag("--bootstrap-servers", "kafka." + SERVERS, bootstrapServers);
        if (!verbose.isOn()) {
            // That a broker cannot be reached is said once and in words, not twice a second.
            loader.flag("without --verbose", "log.kafka.level", "off");
        }
        Settings settings = loader.load();
        Logging.start(settings);
        schemas = schemas(settings);
        return new TreeMap<>(settings.kafka());
    }

    /** What the schema registry of the loaded settings knows; it is asked when there is something to ask. */
    public SchemaIds schemas() {
        return schemas;
    }

    /** What the schema registry of these settings knows. */
    public static SchemaIds schemas(Settings settings) {
        return RegistryConfig.of(settings::string, settings::secret, System.getenv())
                .<SchemaIds>map(RegisteredSchemas::new)
                .orElse(SchemaIds.NONE);
    }
}
