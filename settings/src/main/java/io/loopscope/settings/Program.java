package io.loopscope.settings;

import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/**
 * What the mains have in common: a picocli command line with the exit codes of {@link ExitCode}, logging, and failures
 * printed for people. {@link ConfigurationException} and {@link OperatingException} are printed without a stack trace,
 * unless {@code -v} is given or {@code LOOPSCOPE_DEBUG} is 1; anything else is a bug and always shows its stack trace.
 */
public final class Program {
    private Program() {}

    /** Runs a command as the {@code main} of a process does, and returns its exit code for {@link System#exit}. */
    public static int run(Object command, String... arguments) {
        return commandLine(command, System.getenv()).execute(arguments);
    }

    /** Runs one verb of a program without reading the others' annotations, which takes longer than a quick verb runs. */
    public static int runVerb(String program, String verb, Object command, String... arguments) {
        return commandLine(command).setCommandName(program + " " + verb).execute(arguments);
    }

    /** The command line that {@link #run} uses, for tests and for programs that add subcommands. */
    public static CommandLine commandLine(Object command) {
        return commandLine(command, System.getenv());
    }

    static CommandLine commandLine(Object command, Map<String, String> environment) {
        var line = new CommandLine(command);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionStrategy(parsed -> {
            LogChoice.start(environment, isVerbose(parsed) || isDebug(environment));
            return new CommandLine.RunLast().execute(parsed);
        });
        line.setExecutionExceptionHandler((failure, where, parsed) -> {
            boolean stack = isDebug(environment) || isVerbose(line.getParseResult());
            return report(failure, where.getErr(), stack);
        });
        return line;
    }

    private static int report(Exception failure, PrintWriter err, boolean stack) {
        int code;
        if (failure instanceof ConfigurationException wrong) {
            var problems = wrong.problems();
            err.println("loopscope: "
                    + (problems.size() == 1 ? "a problem" : problems.size() + " problems")
                    + " in the configuration");
            problems.forEach(problem -> err.println("  " + problem));
            code = ExitCode.BAD_CONFIGURATION;
        } else if (failure instanceof OperatingException operating) {
            err.println("loopscope: " + operating.getMessage());
            if (!operating.remedy().isEmpty()) {
                err.println("  " + operating.remedy());
            }
            code = operating.exitCode();
        } else {
            err.println("loopscope: unexpected failure, which is a bug in Loopscope");
            failure.printStackTrace(err);
            err.flush();
            return ExitCode.FAILURE;
        }
        if (stack) {
            failure.printStackTrace(err);
        }
        err.flush();
        return code;
    }

    private static boolean isDebug(Map<String, String> environment) {
        return "1".equals(environment.get("LOOPSCOPE_DEBUG"));
    }

    private static boolean isVerbose(ParseResult parsed) {
        for (var result = parsed; result != null; result = result.hasSubcommand() ? result.subcommand() : null) {
            if (result.hasMatchedOption(VerboseOption.NAME)) {
                return true;
            }
        }
        return false;
    }
}
