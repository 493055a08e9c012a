package io.loopscope.agent;

import io.loopscope.settings.ExitCode;
import io.loopscope.settings.Settings;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks a file of settings without starting anything. */
@Command(
        name = "validate",
        description = "Checks a file of settings and says what is wrong, without starting anything.",
        mixinStandardHelpOptions = true)
final class ValidateCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "YAML file with settings.")
    private Path file = Path.of("");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Settings settings = AgentSettingKeys.DEFINITION
                .load()
                .file(file)
                .environment(System.getenv())
                .load();
        AgentSettings.from(settings);
        settings.warnings().forEach(warning -> spec.commandLine().getErr().println("warning: " + warning));
        spec.commandLine().getOut().println(file + ": good, settings hash " + settings.hash());
        return ExitCode.OK;
    }
}
