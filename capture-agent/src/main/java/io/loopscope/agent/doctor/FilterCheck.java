package io.loopscope.agent.doctor;

import io.loopscope.agent.AgentSettings;
import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.FilterProgram;
import io.loopscope.settings.ExitCode;
import java.util.SortedSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Whether the filter compiles, and what it and the lists of ports leave of the segments of the servers that listen here:
 * it is tried on made-up segments, so that an idle server counts, too.
 */
final class FilterCheck implements Check {
    private static final String SETTINGS = "agent.filter (--filter), agent.include.ports and agent.exclude.ports";

    private final AgentSettings settings;
    private final Supplier<SortedSet<Integer>> listening;

    /** {@code listening} tells the ports that somebody listens on. */
    FilterCheck(AgentSettings settings, Supplier<SortedSet<Integer>> listening) {
        this.settings = settings;
        this.listening = listening;
    }

    @Override
    public Finding look() {
        try (FilterProgram program = FilterProgram.compile(settings.capture().filter())) {
            return judge(choice(settings, program), listening.get());
        } catch (CaptureException e) {
            return Finding.failed(Subject.FILTER, e);
        }
    }

    static Choice choice(AgentSettings settings, FilterProgram program) {
        return new Choice(
                sample -> program.matches(sample.octets(FilterProgram.linkType())),
                settings.include().ports(),
                settings.exclude().ports());
    }

    static Finding judge(Choice choice, SortedSet<Integer> listening) {
        var shares = listening.stream().collect(Collectors.groupingBy(choice::ofServer));
        var whole = shares.get(Choice.Share.ALL);
        if (whole != null) {
            String some = whole.size() == listening.size() ? "all" : whole.size() + " of";
            return Finding.ok(
                    Subject.FILTER,
                    "compiles; lets the connections of %s the %d listening ports through"
                            .formatted(some, listening.size()));
        }
        var partly = shares.get(Choice.Share.PART);
        if (partly != null) {
            return Finding.warning(
                    Subject.FILTER,
                    "lets only some segments of a connection through (of port %s, for example): its states cannot be"
                                    .formatted(partly.get(0))
                            + " told",
                    "Choose whole connections, by port or address and in both directions: " + SETTINGS);
        }
        return withoutListener(choice, listening);
    }

    private static Finding withoutListener(Choice choice, SortedSet<Integer> listening) {
        var some = choice.somePort();
        if (some.isEmpty()) {
            return Finding.failed(
                    Subject.FILTER,
                    "compiles, and lets no TCP segment on loopback through, whatever its ports",
                    "Change " + SETTINGS + "; without them all TCP is captured.",
                    ExitCode.BAD_CONFIGURATION);
        }
        if (listening.isEmpty()) {
            return Finding.ok(Subject.FILTER, "compiles; lets port %d through, for example".formatted(some.getAsInt()));
        }
        return Finding.warning(
                Subject.FILTER,
                "lets nothing of the %d ports through that somebody listens on, but port %d, for example"
                        .formatted(listening.size(), some.getAsInt()),
                "Start the server, or change " + SETTINGS + ".");
    }
}
