package io.loopscope.standalone.observe;

import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import io.loopscope.settings.Version;
import io.loopscope.settings.terminal.Palette;
import io.loopscope.standalone.broker.StateFolder;
import io.loopscope.standalone.config.KafkaOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows what is on Kafka. */
@Command(
        name = "observe",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Show connections and anomalies from Kafka, decoded, in the order of their time.",
            "Reads from the broker of ./loopscope up unless another Kafka is named. Ends when it has shown everything"
                    + " that is there; with -f it goes on."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  observe                        everything that ./loopscope up has seen",
            "  observe -f --port 13306        follow the connections of one server",
            "  observe --anomalies --last 5   the last five anomalies",
            "  observe --since 10m -o json | jq 'select(.type == \"anomaly\")'"
        })
public final class ObserveCommand implements Callable<Integer> {
    private static final int FOLLOW_BEGINS_WITH = 20;
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

    enum Format {
        COMPACT,
        JSON
    }

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what comes. Begins with the last 20, unless --since or --last is given.")
    private boolean follow;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "compact|json",
            defaultValue = "compact",
            description = "compact: a line each as tcpdump prints them. json: an object each, one on a line.")
    private Format format = Format.COMPACT;

    @Mixin
    private Selection selection = new Selection();

    @Option(
            names = "--state",
            paramLabel = "DIR",
            defaultValue = "${env:LOOPSCOPE_STATE}",
            description = "State folder of ./loopscope up, when it was given one. Also LOOPSCOPE_STATE.")
    private @Nullable Path state;

    @Mixin
    private KafkaOptions kafkaOptions = new KafkaOptions();

    @Spec
    private @Nullable CommandSpec spec;

    private final OutputStream out;

    /** Writes to standard output. */
    public ObserveCommand() {
        this(Output.standard());
    }

    ObserveCommand(OutputStream out) {
        this.out = out;
    }

    @Override
    public Integer call() {
        var zone = ZoneId.systemDefault();
        var now = Instant.now();
        var filter = filter(now, zone);
        var kafka = kafkaOptions.load();
        boolean oneMachine = !kafka.containsKey(KafkaOptions.SERVERS);
        var folder = state == null ? StateFolder.standard(System.getenv()) : state;
        if (oneMachine) {
            kafka.put(KafkaOptions.SERVERS, embedded(folder));
            kafka.putIfAbsent("default.api.timeout.ms", "5000"); // A broker on this machine answers soon or never.
        }
        var renderer = format == Format.JSON
                ? new JsonRenderer()
                : new CompactRenderer(zone, LocalDate.ofInstant(now, zone), !oneMachine, Palette.of(System.getenv()));
        try (var reader = connect(kafka, oneMachine, folder)) {
            return show(reader, filter, new Output(out, filter, renderer));
        }
    }

    private int show(EventReader reader, ItemFilter filter, Output output) {
        try {
            if (selection.last() != null || (follow && !selection.hasSince())) {
                int last = Objects.requireNonNullElse(selection.last(), FOLLOW_BEGINS_WITH);
                LastItems.read(reader, filter, last, output);
            } else {
                if (!selection.hasSince()) {
                    reader.seekToBeginning();
                } else {
                    // Records are found by their broker's clock, items are chosen by their host's.
                    reader.seekTo(TimeText.instant(filter.sinceNs()).minus(CLOCKS_DIFFER));
                }
                reader.readToEnd(output);
            }
            var notShown = reader.unreadable().describe();
            if (!notShown.isEmpty()) {
                commandLine().getErr().println("loopscope: " + notShown);
            }
            if (follow) {
                reader.follow(output);
            }
            return ExitCode.OK;
        } catch (IOException pipeClosed) {
            return ExitCode.OK; // As in "observe | head": whoever reads has enough.
        }
    }

    private ItemFilter filter(Instant now, ZoneId zone) {
        try {
            return selection.filter(follow, now, zone);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(commandLine(), e.getMessage(), e);
        }
    }

    private CommandLine commandLine() {
        return Objects.requireNonNull(spec).commandLine();
    }

    private static String embedded(Path folder) {
        return StateFolder.lastBootstrapServers(folder)
                .orElseThrow(() -> new OperatingException(
                        "there is no broker to read from: ./loopscope up has not run with state folder " + folder,
                        "Start ./loopscope up, or name a Kafka with --bootstrap-servers HOST:PORT.",
                        ExitCode.KAFKA_UNAVAILABLE));
    }

    private EventReader connect(Map<String, String> kafka, boolean oneMachine, Path folder) {
        try {
            return EventReader.connect(kafka, kafkaOptions.schemas(), selection.topics());
        } catch (OperatingException e) {
            if (oneMachine && e.exitCode() == ExitCode.KAFKA_UNAVAILABLE) {
                throw new OperatingException(
                        e.getMessage() + ": that is where ./loopscope up listened the last time, by " + folder,
                        "Start ./loopscope up, or name another Kafka with --bootstrap-servers HOST:PORT.",
                        ExitCode.KAFKA_UNAVAILABLE,
                        e);
            }
            throw e;
        }
    }
}
