package io.loopscope.standalone.up;

import io.loopscope.agent.AgentSettings;
import io.loopscope.processor.detect.AnomalyName;
import io.loopscope.settings.ConfigurationException;
import io.loopscope.settings.DurationText;
import io.loopscope.settings.Origin;
import io.loopscope.settings.Settings;
import io.loopscope.settings.SettingsDefinition;
import io.loopscope.settings.SettingsLoader;
import io.loopscope.standalone.config.PipelineSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The settings of agent and processor, with what {@code up} sees to itself. */
final class UpSettings {
    private static final String SERVERS = "kafka.bootstrap.servers";
    private static final AnomalyName SHOWN = AnomalyName.CLOSE_WAIT_STUCK;
    private static final Threshold DEMO = new Threshold(SHOWN, "5s", "15s");
    /** So long the demo lets one see the last stage before it ends the anomaly. */
    private static final Duration LAST_LOOK = Duration.ofSeconds(5);

    /** A value from the command line; null when it was not given. */
    record Flag(String name, String key, @Nullable String value) {}

    private final Function<SettingsDefinition, SettingsLoader> sources;
    private final List<Flag> flags;
    private final List<Threshold> thresholds;
    private final boolean demo;

    UpSettings(
            Function<SettingsDefinition, SettingsLoader> sources,
            List<Flag> flags,
            List<Threshold> thresholds,
            boolean demo) {
        this.sources = sources;
        this.flags = flags;
        this.thresholds = thresholds;
        this.demo = demo;
    }

    /**
     * What was configured, without a broker.
     *
     * @throws ConfigurationException when it cannot be used, or names a broker
     */
    Settings check() {
        var settings = loader(PipelineSettings.PROCESSOR).load();
        if (settings.origin(SERVERS).source() != Origin.Source.DEFAULT) {
            throw new ConfigurationException(List.of(settings.problem(
                    SERVERS, "is of no use here: up brings its own broker; run agent and processor for another one")));
        }
        return settings;
    }

    AgentSettings agent(String bootstrapServers) {
        return AgentSettings.from(loader(PipelineSettings.AGENT)
                .flag("up", SERVERS, bootstrapServers)
                .load());
    }

    Settings processor(String bootstrapServers, Path state) {
        return loader(PipelineSettings.PROCESSOR)
                .flag("up", SERVERS, bootstrapServers)
                .flag("up", "kafka.state.dir", state.toString())
                .load();
    }

    /** For how long the demo has to leak, so that every stage is seen. */
    Duration leak(Settings settings) {
        var warning = settings.duration(Threshold.warningKey(SHOWN));
        var critical = settings.duration(Threshold.criticalKey(SHOWN));
        return (critical.compareTo(warning) > 0 ? critical : warning).plus(LAST_LOOK);
    }

    /** When the demo's anomaly comes, in words. */
    String thresholds(Settings settings) {
        return SHOWN + " after " + DurationText.format(settings.duration(Threshold.warningKey(SHOWN)))
                + ", critical after " + DurationText.format(settings.duration(Threshold.criticalKey(SHOWN)));
    }

    private SettingsLoader loader(SettingsDefinition definition) {
        var loader = sources.apply(definition);
        flags.forEach(flag -> loader.flag(flag.name(), flag.key(), flag.value()));
        if (demo) {
            add(loader, "--demo", DEMO);
        }
        thresholds.forEach(threshold -> add(loader, "--threshold", threshold)); // The user's word is the last.
        return loader;
    }

    private static void add(SettingsLoader loader, String flag, Threshold threshold) {
        loader.flag(flag, Threshold.warningKey(threshold.name()), threshold.warning());
        loader.flag(flag, Threshold.criticalKey(threshold.name()), threshold.critical());
    }
}
