package io.loopscope.agent.doctor;

import io.loopscope.settings.Program;
import io.loopscope.settings.Version;
import picocli.CommandLine.Command;

/** The verbs that look at this host and need no more than the agent has. The launcher calls it. */
@Command(
        name = "loopscope",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "What this host lets Loopscope see.",
        synopsisSubcommandLabel = "VERB",
        commandListHeading = "%nVerbs:%n",
        subcommands = {InterfacesCommand.class, DoctorCommand.class})
public final class HostMain {
    private HostMain() {}

    /** Runs the verb that the first argument names. */
    public static void main(String[] arguments) {
        System.exit(Program.run(new HostMain(), arguments));
    }
}
