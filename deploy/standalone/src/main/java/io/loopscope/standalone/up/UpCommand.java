package io.loopscope.standalone.up;

import io.loopscope.agent.AgentSettingKeys;
import io.loopscope.settings.SettingsOptions;
import io.loopscope.settings.VerboseOption;
import io.loopscope.settings.Version;
import io.loopscope.settings.terminal.Palette;
import io.loopscope.standalone.broker.StateFolder;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Everything on this machine. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Run everything on this machine in one process: a Kafka broker on loopback, capture, processing; and show what"
                    + " happens to connections.",
            "Ends with Ctrl-C. Records are kept in the state folder (at most about 1.5 GB) and are there again at the next"
                    + " start."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  up --demo                                      see an anomaly come and go within a minute",
            "  up --port 3306                                 only one server's connections",
            "  up --quiet --threshold CLOSE_WAIT_STUCK=10s    only what is wrong, and sooner",
            "  up -i lo 'tcp and not port 22'                 any filter that tcpdump takes"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:stopped by Ctrl-C or SIGTERM",
            "1:failure",
            "2:wrong command line",
            "77:capturing is not permitted",
            "78:wrong configuration"
        })
public final class UpCommand implements Callable<Integer> {
    static final String INCLUDE_PORTS = "agent.include.ports";

    @Parameters(
            arity = "0..*",
            paramLabel = "FILTER",
            description = "What to capture, as tcpdump takes it; by default all TCP.")
    private List<String> filter = new ArrayList<>();

    @Option(
            names = {"-i", "--interface"},
            paramLabel = "NAME",
            description = "Interface to capture on; by default the loopback interface.")
    private @Nullable String interfaceName;

    @Option(names = "--port", paramLabel = "PORT", description = "Publish only segments from or to this port.")
    private @Nullable Integer port;

    @Option(names = "--quiet", description = "Show only what is wrong.")
    private boolean quiet;

    @Option(
            names = "--threshold",
            paramLabel = "NAME=WARNING[,CRITICAL]",
            description =
                    "After how long an anomaly is raised, and escalated, such as CLOSE_WAIT_STUCK=10s,1m. May be repeated.")
    private Map<String, String> thresholds = new LinkedHashMap<>();

    @Option(
            names = "--demo",
            description = "Add a small real server that forgets to close a connection, and short thresholds.")
    private boolean demo;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            defaultValue = "${env:LOOPSCOPE_STATE}",
            description =
                    "Where records and log are kept; by default $XDG_STATE_HOME/loopscope or ~/.local/state/loopscope. Also LOOPSCOPE_STATE.")
    private @Nullable Path state;

    @Option(
            names = "--broker-port",
            paramLabel = "PORT",
            description = "Port of the broker; by default that of the last start, or a free one from 19092 on.")
    private @Nullable Integer brokerPort;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "Address that the broker listens on; 127.0.0.1 by default. It asks nobody for a password.")
    private InetAddress bind = InetAddress.getLoopbackAddress();

    @Mixin
    private SettingsOptions settings = new SettingsOptions();

    @Mixin
    private VerboseOption verbose = new VerboseOption();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        check("--port", port);
        check("--broker-port", brokerPort);
        if (bind.isAnyLocalAddress()) {
            throw wrong("--bind: " + bind.getHostAddress() + " is no address that clients could connect to");
        }
        var plan = new UpPlan(
                state == null ? StateFolder.standard(System.getenv()) : state.toAbsolutePath(),
                bind,
                brokerPort == null ? 0 : brokerPort,
                quiet,
                verbose.isOn(),
                demo,
                new UpSettings(settings::loader, flags(), parsed(), demo));
        var screen = new Screen(
                new FileOutputStream(FileDescriptor.out), Palette.of(System.getenv()), ZoneId.systemDefault());
        return new Up(plan, screen).run();
    }

    private List<UpSettings.Flag> flags() {
        var flags = new ArrayList<UpSettings.Flag>();
        flags.add(new UpSettings.Flag("--interface", AgentSettingKeys.INTERFACE, interfaceName));
        flags.add(new UpSettings.Flag(
                "FILTER", AgentSettingKeys.FILTER, filter.isEmpty() ? null : String.join(" ", filter)));
        flags.add(new UpSettings.Flag("--port", INCLUDE_PORTS, port == null ? null : port.toString()));
        return flags;
    }

    private List<Threshold> parsed() {
        try {
            return thresholds.entrySet().stream()
                    .map(threshold -> Threshold.parse(threshold.getKey(), threshold.getValue()))
                    .toList();
        } catch (IllegalArgumentException e) {
            throw wrong("--threshold: " + e.getMessage());
        }
    }

    private void check(String option, @Nullable Integer number) {
        if (number != null && (number < 1 || number > 65_535)) {
            throw wrong(option + ": " + number + " is no port from 1 to 65535");
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
    }
}
