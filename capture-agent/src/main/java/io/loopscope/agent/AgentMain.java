package io.loopscope.agent;

import io.loopscope.settings.ExitCode;
import io.loopscope.settings.Logging;
import io.loopscope.settings.Program;
import io.loopscope.settings.Settings;
import io.loopscope.settings.VerboseOption;
import io.loopscope.settings.Version;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The program {@code loopscope agent}. */
@Command(
        name = "agent",
        description = "Captures the TCP segments of this host's loopback interface and publishes them to Kafka.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = ValidateCommand.class)
public final class AgentMain implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(AgentMain.class);

    @Mixin
    private AgentOptions options = new AgentOptions();

    @SuppressWarnings("UnusedVariable") // Acted on by Program.
    @Mixin
    private VerboseOption verbose = new VerboseOption();

    @Option(
            names = "--netns",
            paramLabel = "NAME|PID|all",
            description = "Network namespaces to capture in, separated by commas: names as ip netns lists them, process"
                    + " numbers, or all. Needs CAP_SYS_ADMIN. Default: the one the agent is in.")
    private @Nullable String namespaces;

    @Option(
            names = {"-r", "--read"},
            paramLabel = "FILE",
            description = "Publish a pcap or pcapng file with its original times instead, and end.")
    private @Nullable Path file;

    private AgentMain() {}

    /** The command, for programs that contain it. */
    public static Object command() {
        return new AgentMain();
    }

    /** Runs the agent until it is told to stop (SIGTERM, SIGINT) or the file is at its end. */
    public static void main(String[] arguments) {
        System.exit(Program.run(command(), arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        Settings settings = options.loader()
                .flag("--netns", AgentSettingKeys.NETNS, namespaces)
                .load();
        Logging.start(settings);
        settings.warnings().forEach(warning -> LOG.warn("{}", warning));
        AgentSettings checked = AgentSettings.from(settings);
        if (file == null && !checked.namespaces().isEmpty()) {
            captureNamespaces(checked);
            return ExitCode.OK;
        }
        Agent agent = file == null ? Agent.capture(checked) : Agent.replay(checked, file);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(agent::isEnded, agent::close), "stop"));
        agent.start();
        agent.awaitEnd();
        return ExitCode.OK;
    }

    private static void captureNamespaces(AgentSettings settings) throws InterruptedException {
        NamespaceAgents agents = NamespaceAgents.open(settings);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(agents::isEnded, agents::close), "stop"));
        agents.awaitEnd();
    }

    /** A signal is a planned stop, and a planned stop is a success: Java alone would make 143 or 130 of it. */
    private static void stop(BooleanSupplier isEnded, Runnable close) {
        if (isEnded.getAsBoolean()) {
            return;
        }
        int code = ExitCode.OK;
        try {
            close.run();
            ClassArchive.write();
        } catch (RuntimeException e) { // The main thread prints what it is.
            code = ExitCode.FAILURE;
        }
        Runtime.getRuntime().halt(code);
    }
}
