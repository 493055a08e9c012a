package io.loopscope.standalone.observe;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.loopscope.schemas.Topic;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.Logging;
import io.loopscope.settings.OperatingException;
import io.loopscope.settings.SettingsOptions;
import io.loopscope.settings.VerboseOption;
import io.loopscope.settings.Version;
import io.loopscope.standalone.broker.StateFolder;
import io.loopscope.standalone.config.PipelineSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
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
            "Ends when it has shown everything that is there; with -f it goes on."
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
    private static final String SERVERS = "bootstrap.servers";

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

    @Option(
            names = "--since",
            paramLabel = "WHEN",
            description = "From then on: 10m (ago), 2026-11-22T12:00:00Z, or local time 2026-11-22T12:00.")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "WHEN", description = "Up to then, in the same forms.")
    private @Nullable String until;

    @Option(names = "--last", paramLabel = "N", description = "Only the last N.")
    private @Nullable Integer last;

    @Option(names = "--port", paramLabel = "PORT", description = "Only what has this port on either end.")
    private @Nullable Integer port;

    @Option(names = "--host", paramLabel = "HOST-ID", description = "Only what is about this host.")
    private @Nullable String host;

    @Option(names = "--anomalies", description = "Show anomalies.")
    private boolean anomalies;

    @Option(
            names = "--connections",
            description = "Show connection events. Without any of these five: connections and anomalies.")
    private boolean connections;

    @Option(names = "--census", description = "Show counts per listener, end and state.")
    private boolean census;

    @Option(names = "--segments", description = "Show what the agents sent: segments, heartbeats, socket tables.")
    private boolean segments;

    @Option(names = "--dead-letters", description = "Show records that the processor could not use.")
    private boolean deadLetters;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT,...",
            description = "The Kafka to read from; by default the broker of ./loopscope up.")
    private @Nullable String bootstrapServers;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            defaultValue = "${env:LOOPSCOPE_STATE}",
            description = "State folder of ./loopscope up, when it was given one. Also LOOPSCOPE_STATE.")
    private @Nullable Path state;

    @Mixin
    private SettingsOptions settingsOptions = new SettingsOptions();

    @Mixin
    private VerboseOption verbose = new VerboseOption();

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
        var kafka = kafka();
        boolean oneMachine = !kafka.containsKey(SERVERS);
        var folder = state == null ? StateFolder.standard(System.getenv()) : state;
        if (oneMachine) {
            kafka.put(SERVERS, embedded(folder));
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
            if (last != null || (follow && since == null)) {
                LastItems.read(reader, filter, last == null ? FOLLOW_BEGINS_WITH : last, output);
            } else {
                if (since == null) {
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
        check(port == null || (port >= 1 && port <= 65_535), "--port: " + port + " is no port from 1 to 65535");
        check(last == null || last >= 0, "--last: " + last + " is less than nothing");
        check(!follow || until == null, "--follow has no end, so --until cannot be given with it");
        return new ItemFilter(
                since == null ? Long.MIN_VALUE : nanos("--since", since, now, zone),
                until == null ? Long.MAX_VALUE : nanos("--until", until, now, zone),
                port == null ? OptionalInt.empty() : OptionalInt.of(port),
                host);
    }

    private long nanos(String option, String text, Instant now, ZoneId zone) {
        try {
            return TimeText.nanos(PointInTime.parse(text, now, zone));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new ParameterException(commandLine(), option + ": " + e.getMessage(), e);
        }
    }

    private void check(boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(commandLine(), message);
        }
    }

    private CommandLine commandLine() {
        return Objects.requireNonNull(spec).commandLine();
    }

    private Map<String, String> kafka() {
        var settings = settingsOptions
                .loader(PipelineSettings.READER)
                .flag("--bootstrap-servers", "kafka." + SERVERS, bootstrapServers)
                .load();
        Logging.start(settings);
        if (!verbose.isOn()) {
            // That a broker cannot be reached is said once and in words, not twice a second.
            ((Logger) LoggerFactory.getLogger("org.apache.kafka.clients")).setLevel(Level.ERROR);
        }
        return new TreeMap<>(settings.kafka());
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
            return EventReader.connect(kafka, topics());
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

    private List<Topic> topics() {
        var topics = new ArrayList<Topic>();
        boolean all = !(connections || anomalies || census || segments || deadLetters);
        add(topics, connections || all, Topic.CONNECTIONS);
        add(topics, anomalies || all, Topic.ANOMALIES);
        add(topics, census, Topic.CENSUS);
        add(topics, segments, Topic.CAPTURE);
        add(topics, deadLetters, Topic.DEAD_LETTER);
        return topics;
    }

    private static void add(List<Topic> topics, boolean wanted, Topic topic) {
        if (wanted) {
            topics.add(topic);
        }
    }
}
