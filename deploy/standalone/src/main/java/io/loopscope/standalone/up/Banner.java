package io.loopscope.standalone.up;

import io.loopscope.settings.Version;
import io.loopscope.settings.terminal.Palette;
import io.loopscope.standalone.broker.StateFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a person needs to know once everything runs. */
final class Banner {
    private Banner() {}

    static List<String> lines(
            String bootstrapServers, Optional<String> http, StateFolder folder, UpPlan plan, Palette palette) {
        var lines = new ArrayList<String>();
        lines.add("");
        lines.add(palette.bold("Loopscope " + Version.current() + " is running."));
        lines.add("  broker  " + bootstrapServers + "  Kafka, in this process");
        lines.add("  state   " + folder.path() + "  records and log, kept for the next start");
        http.ifPresent(
                address -> lines.add("  http    http://" + address + "/api/v1  what is wrong now, states, metrics"));
        lines.add("  try     ./loopscope observe -f --port 3306" + state(folder, plan)
                + "   in another terminal: follow one server");
        lines.add("          ./loopscope observe --anomalies -o json" + state(folder, plan)
                + "   what was wrong, for programs");
        lines.add("  stop    Ctrl-C");
        if (!plan.bind().isLoopbackAddress()) {
            lines.add(palette.yellow("  The broker asks nobody for a password, and "
                    + plan.bind().getHostAddress() + " can be reached from other machines."));
        }
        lines.add("");
        return lines;
    }

    private static String state(StateFolder folder, UpPlan plan) {
        return folder.path().equals(StateFolder.standard(System.getenv())) ? "" : " --state " + plan.state();
    }
}
