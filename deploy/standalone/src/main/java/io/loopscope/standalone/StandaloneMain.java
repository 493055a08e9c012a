package io.loopscope.standalone;

import io.loopscope.settings.Program;
import io.loopscope.settings.Version;
import io.loopscope.standalone.analyze.AnalyzeCommand;
import io.loopscope.standalone.observe.ObserveCommand;
import io.loopscope.standalone.states.StatesCommand;
import io.loopscope.standalone.up.UpCommand;
import java.util.Arrays;
import picocli.CommandLine.Command;

/** The verbs that need more than the agent or the processor alone. The launcher calls it. */
@Command(
        name = "loopscope",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "What really happens to TCP connections.",
        synopsisSubcommandLabel = "VERB",
        commandListHeading = "%nVerbs:%n",
        subcommands = {UpCommand.class, ObserveCommand.class, AnalyzeCommand.class, StatesCommand.class})
public final class StandaloneMain {
    private StandaloneMain() {}

    /** Runs the verb that the first argument names. */
    public static void main(String[] arguments) {
        if (arguments.length > 0 && arguments[0].equals("analyze")) {
            String[] rest = Arrays.copyOfRange(arguments, 1, arguments.length);
            System.exit(Program.runVerb("loopscope", "analyze", new AnalyzeCommand(), rest));
        }
        if (arguments.length > 0 && arguments[0].equals("states")) {
            String[] rest = Arrays.copyOfRange(arguments, 1, arguments.length);
            System.exit(Program.runVerb("loopscope", "states", new StatesCommand(), rest));
        }
        System.exit(Program.run(new StandaloneMain(), arguments));
    }
}
