package io.loopscope.standalone.config;

import io.loopscope.agent.AgentSettingKeys;
import io.loopscope.processor.app.ProcessorSettings;
import io.loopscope.settings.SettingsDefinition;
import java.util.Map;

/**
 * One file may hold the settings of agent and processor. Each part reads it with a definition of its own, which knows
 * every key but only that part's defaults for Kafka's clients: what suits the agent's producer would upset Kafka Streams.
 */
public final class PipelineSettings {
    /** For the agent. */
    public static final SettingsDefinition AGENT = SettingsDefinition.builder("up")
            .includeKeys(ProcessorSettings.DEFINITION)
            .include(AgentSettingKeys.DEFINITION)
            .build();

    /** For the processor. */
    public static final SettingsDefinition PROCESSOR = SettingsDefinition.builder("up")
            .includeKeys(AgentSettingKeys.DEFINITION)
            .include(ProcessorSettings.DEFINITION)
            .build();

    /** For who only reads from Kafka. */
    public static final SettingsDefinition READER = SettingsDefinition.builder("observe")
            .includeKeys(AgentSettingKeys.DEFINITION)
            .includeKeys(ProcessorSettings.DEFINITION)
            .kafka(Map.of())
            .build();

    private PipelineSettings() {}
}
