package io.loopscope.agent.doctor;

import io.loopscope.agent.AgentOptions;
import io.loopscope.agent.AgentSettingKeys;
import io.loopscope.agent.AgentSettings;
import io.loopscope.agent.publish.KafkaCheckup;
import io.loopscope.settings.Logging;
import io.loopscope.settings.Origin;
import io.loopscope.settings.Settings;
import io.loopscope.settings.SettingsLoader;
import io.loopscope.settings.VerboseOption;
import io.loopscope.settings.Version;
import io.loopscope.settings.terminal.Palette;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Why do I see nothing? */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Find out why nothing is seen: tries each thing that an agent with these settings needs, and says what it"
                    + " saw and what repairs it.",
            "Sends a connection of its own over loopback and looks for it. Changes nothing. Takes the settings of"
                    + " ./loopscope agent."
        },
        footerHeading =
                "%nIn this order: java, libpcap, permission, interface, namespace, filter, packets, drops, broker,"
                        + " topics, clock. What cannot be told before another is repaired is skipped; broker and topics are"
                        + " skipped when no Kafka is named.%n%nExit code: 0 nothing failed (warnings are possible);"
                        + " 77 no permission, 78 wrong configuration (also an interface that is not there), 69 Kafka unavailable"
                        + " or without the agent's topic, 1 anything else. When several failed: that of the first which is not 1."
                        + "%n%nExamples:%n",
        footer = {
            "  doctor                                  can this host be captured?",
            "  doctor --config agent.yaml              would this agent see anything?",
            "  doctor --filter 'port 13306'            does this filter let anything through?",
            "  doctor -o json | jq -r '.checks[] | select(.outcome == \"failed\") | .remedy'"
        })
final class DoctorCommand implements Callable<Integer> {
    private static final int LONGEST_SECONDS = 600;
    private static final Path PROC = Path.of("/proc");
    private static final Path NETNS = Path.of("/run/netns");

    @Option(
            names = {"-o", "--output"},
            paramLabel = "table|json",
            defaultValue = "table",
            description = "table: a line for each check, at once. json: one object at the end.")
    private Format format = Format.TABLE;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "3",
            description = "How long to wait for packets, and for Kafka. Default: ${DEFAULT-VALUE}.")
    private int seconds = 3;

    @Mixin
    private AgentOptions options = new AgentOptions();

    @Mixin
    private VerboseOption verbose = new VerboseOption();

    @Spec
    private @Nullable CommandSpec spec;

    private final OutputStream out;

    DoctorCommand() {
        this(StandardOutput.stream());
    }

    DoctorCommand(OutputStream out) {
        this.out = out;
    }

    @Override
    public Integer call() {
        if (spec != null && (seconds < 1 || seconds > LONGEST_SECONDS)) {
            throw new ParameterException(
                    spec.commandLine(), "--seconds must be from 1 to %d: %d".formatted(LONGEST_SECONDS, seconds));
        }
        Settings settings = load();
        PrintWriter writer = StandardOutput.writer(out);
        Palette palette = Palette.of(System.getenv());
        Examination examination = examination(settings, Duration.ofSeconds(seconds));
        List<Finding> findings = examination.run(finding -> {
            if (format == Format.TABLE) {
                DoctorReport.text(finding, palette).forEach(writer::println);
            }
        });
        if (format == Format.TABLE) {
            writer.println();
            writer.println(DoctorReport.verdict(findings));
        } else {
            writer.println(DoctorReport.json(findings));
        }
        return Examination.exitCode(findings);
    }

    /** What would be logged is in the findings, in words. */
    private Settings load() {
        SettingsLoader loader = options.loader();
        if (!verbose.isOn()) {
            loader.flag("doctor", "log.level", "error").flag("doctor", "log.kafka.level", "off");
        }
        Settings settings = loader.load();
        Logging.start(settings);
        return settings;
    }

    private static Examination examination(Settings settings, Duration atMost) {
        AgentSettings agent = AgentSettings.from(settings);
        Clock clock = Clock.systemUTC();
        PacketsCheck packets = new PacketsCheck(agent, DoctorCommand::listening, atMost, clock);
        Examination examination = new Examination()
                .with(Subject.JAVA, new JavaCheck())
                .with(Subject.LIBPCAP, new LibpcapCheck())
                .with(Subject.PERMISSION, new PermissionCheck(PROC.resolve("self/status")))
                .with(Subject.INTERFACE, new InterfaceCheck(agent.capture().interfaceName()))
                .with(Subject.NAMESPACE, new NamespaceCheck(PROC, NETNS))
                .with(Subject.FILTER, new FilterCheck(agent, DoctorCommand::listening))
                .with(Subject.PACKETS, packets)
                .with(
                        Subject.DROPS,
                        new DropsCheck(packets::trial, agent.capture().bufferOctets()))
                .with(Subject.CLOCK, new ClockCheck(packets::trial, clock, System::nanoTime));
        addKafka(examination, settings, agent, atMost);
        return examination;
    }

    private static SortedSet<Integer> listening() {
        try {
            return Namespaces.read(PROC, NETNS).own().listening();
        } catch (IOException notLinux) {
            return new TreeSet<>();
        }
    }

    private static void addKafka(Examination examination, Settings settings, AgentSettings agent, Duration atMost) {
        KafkaCheckup kafka = new KafkaCheckup(agent.kafka(), atMost);
        if (settings.origin(AgentSettingKeys.BOOTSTRAP_SERVERS).source() == Origin.Source.DEFAULT) {
            String why = "no Kafka is named (kafka.bootstrap.servers, --bootstrap-servers); an agent would try "
                    + kafka.servers();
            examination.with(Subject.BROKER, () -> Finding.skipped(Subject.BROKER, why));
            examination.with(Subject.TOPICS, () -> Finding.skipped(Subject.TOPICS, "no Kafka is named"));
        } else {
            examination.with(Subject.BROKER, new BrokerCheck(kafka, atMost));
            examination.with(Subject.TOPICS, new TopicsCheck(kafka));
        }
    }
}
