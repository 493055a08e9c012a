package io.loopscope.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class ProgramTest {
    @TempDir
    Path folder;

    @Command(
            name = "sample",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            subcommands = Inner.class)
    static final class Outer implements Callable<Integer> {
        @Mixin
        VerboseOption verbose = new VerboseOption();

        @Mixin
        SettingsOptions options = new SettingsOptions();

        @Nullable RuntimeException failure;

        @Nullable Settings settings;

        @Override
        public Integer call() {
            if (failure != null) {
                throw failure;
            }
            settings = options.loader(Sample.DEFINITION, Map.of()).load();
            return ExitCode.OK;
        }
    }

    @Command(name = "inner")
    static final class Inner implements Callable<Integer> {
        @Mixin
        VerboseOption verbose = new VerboseOption();

        @Override
        public Integer call() {
            throw new OperatingException("No permission to capture on lo.", "Run it as root.", ExitCode.NO_PERMISSION);
        }
    }

    private record Ran(int code, String out, String err) {}

    private static Ran run(Object command, Map<String, String> environment, String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int code = Program.commandLine(command, environment)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        return new Ran(code, out.toString(), err.toString());
    }

    @Test
    void settingsComeFromFileAndSetOption() {
        var file = Sample.write(folder, "agent: {interface: a, snaplen: 99}\n");
        var outer = new Outer();
        var ran = run(outer, Map.of(), "--config", file.toString(), "--set", "agent.interface=b=c");

        assertThat(ran).isEqualTo(new Ran(ExitCode.OK, "", ""));
        assertThat(outer.settings.string("agent.interface")).isEqualTo("b=c");
        assertThat(outer.settings.integer("agent.snaplen")).isEqualTo(99);
        assertThat(outer.settings.origin("agent.interface")).hasToString("flag --set agent.interface");
    }

    @Test
    void aWrongCommandLineIsAUsageError() {
        var ran = run(new Outer(), Map.of(), "--confg", "x");
        assertThat(ran.code()).isEqualTo(ExitCode.USAGE);
        assertThat(ran.err()).contains("--confg", "--config");
    }

    @Test
    void aWrongConfigurationListsItsProblemsWithoutAStackTrace() {
        var outer = new Outer();
        outer.failure = new ConfigurationException(List.of(new Problem("f:1:1", "x"), new Problem("f:2:1", "y")));
        assertThat(run(outer, Map.of())).isEqualTo(new Ran(ExitCode.BAD_CONFIGURATION, "", """
                loopscope: 2 problems in the configuration
                  f:1:1: x
                  f:2:1: y
                """));
    }

    @Test
    void anOperatingFailureSaysItsRemedyAndHasItsCode() {
        assertThat(run(new Outer(), Map.of(), "inner")).isEqualTo(new Ran(ExitCode.NO_PERMISSION, "", """
                loopscope: No permission to capture on lo.
                  Run it as root.
                """));
    }

    @Test
    void verboseOrDebugShowsTheStackTrace() {
        assertThat(run(new Outer(), Map.of(), "inner", "-v").err()).contains("at io.loopscope.settings.ProgramTest");
        assertThat(run(new Outer(), Map.of(), "-v", "inner").err()).contains("at io.loopscope.settings.ProgramTest");
        assertThat(run(new Outer(), Map.of("LOOPSCOPE_DEBUG", "1"), "inner").err())
                .contains("at io.loopscope.settings.ProgramTest");
    }

    @Test
    void aBugAlwaysShowsItsStackTrace() {
        var outer = new Outer();
        outer.failure = new IllegalStateException("both states");
        var ran = run(outer, Map.of());
        assertThat(ran.code()).isEqualTo(ExitCode.FAILURE);
        assertThat(ran.err()).contains("a bug in Loopscope", "both states", "at io.loopscope.settings.ProgramTest");
    }

    @Test
    void versionIsThatOfTheBuild() {
        assertThat(run(new Outer(), Map.of(), "--version").out()).matches("(?s)loopscope \\d+\\.\\d+\\.\\d+.*Java .*");
    }
}
