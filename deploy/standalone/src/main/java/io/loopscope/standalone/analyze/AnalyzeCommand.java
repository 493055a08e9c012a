package io.loopscope.standalone.analyze;

import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.PcapFileSource;
import io.loopscope.processor.detect.AnomalyName;
import io.loopscope.processor.detect.DetectorSettings;
import io.loopscope.processor.detect.RuleSettings;
import io.loopscope.settings.DurationText;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import io.loopscope.settings.Version;
import io.loopscope.settings.terminal.Palette;
import io.loopscope.standalone.observe.Output;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What really happened, from capture files alone. */
@Command(
        name = "analyze",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Show the connections in capture files: both ends' states, transitions, anomalies.",
            "Reads pcap and pcapng, plain or compressed with gzip; needs neither Kafka nor libpcap nor root."
        },
        footerHeading = "%nTime stands at the last packet of a file: a timer that would fire later does not, unless"
                + " --until lets time run on.%nExit code: 0, or 1 when a file could not be read to its end (what was"
                + " readable is shown).%n%nExamples:%n",
        footer = {
            "  analyze mysql.pcap                          who closed, who did not, and what is wrong",
            "  analyze --until +90s leak.pcap              and what would be wrong 90 s later",
            "  analyze --threshold CLOSE_WAIT_STUCK=5s leak.pcap",
            "  analyze -o json folder/ | jq 'select(.type == \"anomaly\")'"
        })
public final class AnalyzeCommand implements Callable<Integer> {

    enum Format {
        TABLE,
        JSON,
        CSV
    }

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Capture files, or folders of them.")
    private List<Path> named = List.of();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "table|json|csv",
            defaultValue = "table",
            description = "table: for people. json: an object each, one on a line. csv: a line a connection.")
    private Format format = Format.TABLE;

    @Option(names = "--transitions", description = "In the table, show each change of state as well.")
    private boolean transitions;

    @Option(
            names = "--until",
            paramLabel = "WHEN",
            description = "Let time run on after the last packet: +90s, or 2026-11-22T12:00:00Z.")
    private @Nullable String until;

    @Option(
            names = "--threshold",
            paramLabel = "NAME=DURATION",
            description = "How long an anomaly's condition has to hold, for example CLOSE_WAIT_STUCK=5s. Repeatable.")
    private Map<String, String> thresholds = new LinkedHashMap<>();

    @Option(names = "--no-progress", description = "No progress bar. There is none either when stderr is no terminal.")
    private boolean noProgress;

    private final OutputStream target;

    /** Writes to standard output. */
    public AnalyzeCommand() {
        this(Output.standard());
    }

    AnalyzeCommand(OutputStream target) {
        this.target = target;
    }

    @Override
    public Integer call() throws IOException {
        String when = until;
        Until end = when == null ? Until.LAST_PACKET : usage(() -> Until.parse(when));
        DetectorSettings detector = detector();
        List<InputFile> files = InputFile.expand(named);
        if (files.isEmpty()) {
            throw new OperatingException(
                    "no capture files in " + named, "Name a file, or a folder with .pcap or .pcapng files.", 1);
        }
        boolean complete = true;
        try (Writer out = new BufferedWriter(new OutputStreamWriter(target, StandardCharsets.UTF_8));
                Progress progress = Progress.of(!noProgress, files)) {
            Report report = report(out);
            report.begin();
            for (InputFile file : files) {
                complete &= analyze(file, detector, report, end, progress);
                out.flush();
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return complete ? ExitCode.OK : ExitCode.FAILURE;
    }

    private boolean analyze(InputFile file, DetectorSettings detector, Report report, Until end, Progress progress)
            throws IOException {
        try (PcapFileSource source = PcapFileSource.open(file.path())) {
            progress.begin(file, source);
            FileSummary summary = new FileAnalysis(file.label(), detector, report).run(source, end, progress);
            if (summary.failure() != null) {
                complain(summary.failure());
            }
            return summary.failure() == null;
        } catch (CaptureException e) {
            complain(e.getMessage() + ". " + e.remedy());
            return false;
        }
    }

    private Report report(Writer out) throws IOException {
        return switch (format) {
            case TABLE -> new TableReport(out, Palette.of(System.getenv()), transitions);
            case JSON -> new JsonReport(out);
            case CSV -> new CsvReport(out);
        };
    }

    private DetectorSettings detector() {
        DetectorSettings settings = DetectorSettings.defaults();
        for (Map.Entry<String, String> threshold : thresholds.entrySet()) {
            AnomalyName name = anomaly(threshold.getKey());
            Duration warning = usage(() -> DurationText.parse(threshold.getValue()));
            settings = settings.with(name, usage(() -> withWarning(name.defaults(), warning)));
        }
        return settings;
    }

    /** A critical stage keeps its distance to the warning in proportion. */
    private static RuleSettings withWarning(RuleSettings rule, Duration warning) {
        Duration before = rule.warningAfter();
        if (before == null) {
            throw new IllegalArgumentException("this anomaly does not wait: it has no threshold in time");
        }
        Duration critical = rule.criticalAfter();
        return critical == null
                ? rule.after(warning)
                : rule.after(warning, warning.multipliedBy(critical.toNanos()).dividedBy(before.toNanos()));
    }

    private AnomalyName anomaly(String text) {
        try {
            return AnomalyName.valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
        } catch (IllegalArgumentException e) {
            String names = Arrays.stream(AnomalyName.values()).map(Enum::name).collect(Collectors.joining(", "));
            throw new ParameterException(commandLine(), "no anomaly is called " + text + "; there are " + names, e);
        }
    }

    private <T> T usage(Callable<T> reading) {
        try {
            return reading.call();
        } catch (Exception e) {
            throw new ParameterException(commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private picocli.CommandLine commandLine() {
        if (spec == null) {
            throw new IllegalStateException("not started by picocli");
        }
        return spec.commandLine();
    }

    private void complain(String message) {
        PrintWriter err = commandLine().getErr();
        err.println("loopscope: " + message);
        err.flush();
    }
}
