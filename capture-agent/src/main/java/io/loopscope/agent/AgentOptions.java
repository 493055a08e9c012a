package io.loopscope.agent;

import io.loopscope.settings.SettingsLoader;
import io.loopscope.settings.SettingsOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** An agent's settings on the command line, as a mixin: for the agent itself, and for whoever looks at what it would do. */
public final class AgentOptions {
    @Mixin
    private SettingsOptions options = new SettingsOptions();

    @Option(
            names = {"-i", "--interface"},
            paramLabel = "NAME",
            description = "Interface to capture. Default: the loopback interface.")
    private @Nullable String interfaceName;

    @Option(
            names = {"-f", "--filter"},
            paramLabel = "EXPRESSION",
            description = "Which packets to capture, as for tcpdump. Default: all TCP.")
    private @Nullable String filter;

    @Option(
            names = {"-s", "--snap-length"},
            paramLabel = "OCTETS",
            description = "Octets captured of each packet. Default: 128.")
    private @Nullable String snapLength;

    @Option(
            names = {"-b", "--bootstrap-servers"},
            paramLabel = "HOST:PORT",
            description = "Kafka's brokers, separated by commas. Default: 127.0.0.1:9092.")
    private @Nullable String bootstrapServers;

    @Option(
            names = "--host-id",
            paramLabel = "NAME",
            description = "Stable name of this host. Default: its host name; for a file, one made of the file's name.")
    private @Nullable String hostId;

    /** Knows the file, the environment of this process and all flags that were given. */
    public SettingsLoader loader() {
        return options.loader(AgentSettingKeys.DEFINITION)
                .flag("--interface", AgentSettingKeys.INTERFACE, interfaceName)
                .flag("--filter", AgentSettingKeys.FILTER, filter)
                .flag("--snap-length", AgentSettingKeys.SNAP_LENGTH, snapLength)
                .flag("--host-id", AgentSettingKeys.HOST_ID, hostId)
                .flag("--bootstrap-servers", AgentSettingKeys.BOOTSTRAP_SERVERS, bootstrapServers);
    }
}
