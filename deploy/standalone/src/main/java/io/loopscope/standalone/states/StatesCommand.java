package io.loopscope.standalone.states;

import io.loopscope.agent.HostIdentity;
import io.loopscope.agent.publish.Identity;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.Version;
import io.loopscope.settings.terminal.Palette;
import io.loopscope.standalone.config.KafkaOptions;
import io.loopscope.standalone.observe.Output;
import java.io.BufferedWriter;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How many sockets are in which state. */
@Command(
        name = "states",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Count the kernel's TCP sockets by state: all eleven, zeros included, in netstat's spelling.",
            "With -b, beside them what a processor has counted from packets, read from that Kafka.",
            "What 'netstat -ant | awk' does, IPv4 and IPv6, in this network namespace. Needs neither root nor Kafka;"
                    + " only root sees whose the sockets of other users are."
        },
        footerHeading =
                "%nBoth ends of a connection over loopback are sockets, and both are counted. AGE is the time since"
                        + " the peer was last heard; in TIME_WAIT, since that began.%n%nExit code: 0; 1 the table cannot be"
                        + " read; 69 Kafka was named and does not answer; 77 it refuses.%n%nExamples:%n",
        footer = {
            "  states                              count per state",
            "  states --by port,process            per server and process",
            "  states --state CLOSE_WAIT           which sockets, whose, since when",
            "  states --watch 1 --by port          every second",
            "  states -b 127.0.0.1:9092            beside what packets say",
            "  states -o json | jq .states.CLOSE_WAIT"
        })
public final class StatesCommand implements Callable<Integer> {
    private static final double LEAST_SECONDS = 0.1;
    private static final double MOST_SECONDS = 86_400;
    private static final double MILLIS_PER_SECOND = 1_000;

    enum Format {
        TABLE,
        JSON
    }

    @Option(
            names = "--by",
            paramLabel = "port|process|address",
            split = ",",
            description =
                    "Count for each: port (the server's), process, address (the other end's). Several with commas.")
    private List<Grouping> by = new ArrayList<>();

    @Option(
            names = "--state",
            paramLabel = "STATE",
            split = ",",
            description =
                    "Only these states, as netstat, ss or the RFC write them; without --by the sockets are listed.")
    private List<String> states = new ArrayList<>();

    @Option(
            names = {"-w", "--watch"},
            paramLabel = "SECONDS",
            arity = "0..1",
            fallbackValue = "2",
            description = "Go on, every so many seconds (2), until Ctrl-C.")
    private @Nullable Double watch;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "table|json",
            defaultValue = "table",
            description = "table: for people. json: one object on a line.")
    private Format format = Format.TABLE;

    @Option(
            names = "--host-id",
            paramLabel = "NAME",
            defaultValue = "",
            description = "The name under which this host's agent publishes. Default: its host name.")
    private String hostId = "";

    @Mixin
    private KafkaOptions kafkaOptions = new KafkaOptions();

    @Spec
    private @Nullable CommandSpec spec;

    private final OutputStream out;

    /** Writes to standard output. */
    public StatesCommand() {
        this(Output.standard());
    }

    StatesCommand(OutputStream out) {
        this.out = out;
    }

    @Override
    public Integer call() throws InterruptedException {
        View view = new View(List.copyOf(by), chosen());
        Duration every = every();
        Map<String, String> kafka = kafkaOptions.load();
        Identity identity = HostIdentity.ofThisHost(hostId, 0);
        Palette palette = Palette.of(System.getenv());
        Screen screen = format == Format.JSON
                ? Screen.json(new StatesJson(view, identity))
                : Screen.table(new StatesTable(view, palette), palette, !every.isZero());
        PrintWriter writer = new PrintWriter(new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8)));
        try (KernelTable kernel = KernelTable.open(view.listsSockets());
                Census census = kafka.containsKey(KafkaOptions.SERVERS)
                        ? WireCensus.connect(kafka, kafkaOptions.schemas(), identity)
                        : Census.NONE) {
            do {
                var wire = census.read();
                screen.lines(kernel.read(view.states(), view.needsOwners()), wire)
                        .forEach(writer::println);
                if (writer.checkError()) { // As in "states --watch | head": who reads has enough.
                    break;
                }
                Thread.sleep(every.toMillis());
            } while (!every.isZero());
        }
        return ExitCode.OK;
    }

    private Set<NetstatState> chosen() {
        Set<NetstatState> chosen = EnumSet.noneOf(NetstatState.class);
        for (String text : states) {
            chosen.add(NetstatState.parse(text)
                    .orElseThrow(() -> wrong("'" + text + "' is no state; there are " + NetstatState.all())));
        }
        return chosen;
    }

    private Duration every() {
        Double seconds = watch;
        if (seconds == null) {
            return Duration.ZERO;
        }
        if (!(seconds >= LEAST_SECONDS && seconds <= MOST_SECONDS)) {
            throw wrong("--watch must be from %s to %s seconds: %s".formatted(LEAST_SECONDS, MOST_SECONDS, seconds));
        }
        return Duration.ofMillis(Math.round(seconds * MILLIS_PER_SECOND));
    }

    private ParameterException wrong(String message) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
    }
}
