package io.loopscope.processor.app;

import io.loopscope.settings.ExitCode;
import io.loopscope.settings.Logging;
import io.loopscope.settings.Problem;
import io.loopscope.settings.Program;
import io.loopscope.settings.ReferenceYaml;
import io.loopscope.settings.Settings;
import io.loopscope.settings.SettingsOptions;
import io.loopscope.settings.VerboseOption;
import io.loopscope.settings.Version;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code loopscope processor}. */
@Command(
        name = "loopscope processor",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = ValidateCommand.class,
        description = {
            "Reads what capture agents publish, reconstructs both ends of each connection, and publishes connections,"
                    + " anomalies and census.",
            "Runs until it is stopped (Ctrl-C, SIGTERM). Start as many as needed: they share the work."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:stopped",
            "1:failure",
            "2:wrong command line",
            "69:Kafka or the schema registry can't be reached, or a topic is gone",
            "74:disk full",
            "77:Kafka or the schema registry refuses",
            "78:wrong configuration"
        })
public final class ProcessorMain implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessorMain.class);

    @Mixin
    private final SettingsOptions options = new SettingsOptions();

    @Mixin
    @SuppressWarnings("UnusedVariable") // Program acts on it.
    private final VerboseOption verbose = new VerboseOption();

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT[,...]",
            description = "Where Kafka is. The setting kafka.bootstrap.servers.")
    private @Nullable String bootstrapServers;

    @Option(
            names = "--print-config-reference",
            description = "Print a configuration file with every setting, its meaning and its default, and exit.")
    private boolean printReference;

    @Spec
    private @Nullable CommandSpec spec;

    /** Runs the program and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(Program.run(new ProcessorMain(), arguments));
    }

    @Override
    public Integer call() {
        if (printReference) {
            out().print(ReferenceYaml.render(ProcessorSettings.DEFINITION));
            out().flush();
            return ExitCode.OK;
        }
        Settings settings = options.loader(ProcessorSettings.DEFINITION)
                .flag("--bootstrap-servers", "kafka.bootstrap.servers", bootstrapServers)
                .load();
        Logging.start(settings);
        settings.warnings().stream().map(Problem::toString).forEach(LOG::warn);
        LOG.debug("Settings:\n{}", settings.describe());
        return run(settings);
    }

    private static int run(Settings settings) {
        LOG.info(
                "Loopscope processor {}, Kafka at {}",
                Version.current(),
                settings.kafka().get("bootstrap.servers"));
        StopSignal signal = StopSignal.listen();
        try (Processor processor = start(settings, signal)) {
            return processor.awaitStop();
        } catch (InterruptedException e) {
            return ExitCode.OK; // A signal that came while it started, and found it just started.
        }
    }

    private static Processor start(Settings settings, StopSignal signal) {
        @Nullable Processor processor = null;
        try {
            processor = Processor.start(settings);
            return processor;
        } finally {
            signal.started(processor);
        }
    }

    private PrintWriter out() {
        if (spec == null) {
            throw new IllegalStateException("picocli has not filled the command in");
        }
        return spec.commandLine().getOut();
    }
}
