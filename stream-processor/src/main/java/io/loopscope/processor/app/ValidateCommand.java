package io.loopscope.processor.app;

import io.loopscope.settings.ExitCode;
import io.loopscope.settings.Settings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code loopscope processor validate FILE}. */
@Command(
        name = "validate",
        mixinStandardHelpOptions = true,
        description = "Check a configuration file with everything a start would check but Kafka itself.")
final class ValidateCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "YAML file with settings.")
    private @Nullable Path file;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        Settings settings = ProcessorSettings.DEFINITION
                .load()
                .file(file)
                .environment(System.getenv())
                .load();
        DetectorChoice.from(settings);
        StreamsProperties.of(settings);
        PrintWriter out = out();
        settings.warnings().forEach(warning -> out.println("warning: " + warning));
        out.println(file + ": fine");
        out.flush();
        return ExitCode.OK;
    }

    private PrintWriter out() {
        if (spec == null) {
            throw new IllegalStateException("picocli has not filled the command in");
        }
        return spec.commandLine().getOut();
    }
}
