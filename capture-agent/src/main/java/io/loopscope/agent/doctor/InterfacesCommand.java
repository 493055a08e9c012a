package io.loopscope.agent.doctor;

import io.loopscope.settings.ExitCode;
import io.loopscope.settings.VerboseOption;
import io.loopscope.settings.Version;
import io.loopscope.settings.terminal.Palette;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists what can be captured. */
@Command(
        name = "interfaces",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Show what can be captured in this network namespace, and which one is the loopback interface.",
            "Needs no root; says when libpcap or the permission to capture is missing."
        },
        footerHeading = "%nExit code: 0, or 1 when the interfaces cannot be listed.%n%nExamples:%n",
        footer = {
            "  interfaces",
            "  interfaces -o json | jq -r '.interfaces[] | select(.loopback) | .name'",
            "  sudo nsenter --net=/run/netns/blue ./loopscope interfaces"
        })
final class InterfacesCommand implements Callable<Integer> {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "table|json",
            defaultValue = "table",
            description = "table: for people. json: one object.")
    private Format format = Format.TABLE;

    @SuppressWarnings("UnusedVariable") // Acted on by Program.
    @Mixin
    private VerboseOption verbose = new VerboseOption();

    private final OutputStream out;

    InterfacesCommand() {
        this(StandardOutput.stream());
    }

    InterfacesCommand(OutputStream out) {
        this.out = out;
    }

    @Override
    public Integer call() {
        InterfaceList list = InterfaceList.ofThisNamespace();
        PrintWriter writer = StandardOutput.writer(out);
        if (format == Format.JSON) {
            writer.println(InterfaceReport.json(list));
        } else {
            InterfaceReport.table(list, Palette.of(System.getenv())).forEach(writer::println);
        }
        return ExitCode.OK;
    }
}
