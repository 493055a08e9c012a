package io.loopscope.agent.doctor;

import io.loopscope.settings.ExitCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/** All checks in the order of {@link Subject}. What builds on a failed or skipped one is skipped. */
final class Examination {
    private final Map<Subject, Check> checks = new EnumMap<>(Subject.class);

    Examination with(Subject subject, Check check) {
        checks.put(subject, check);
        return this;
    }

    /**
     * Looks at everything.
     *
     * @param told hears of each finding at once
     */
    List<Finding> run(Consumer<Finding> told) {
        Map<Subject, Finding> findings = new EnumMap<>(Subject.class);
        checks.forEach((subject, check) -> {
            Finding finding = subject.needs().stream()
                    .map(findings::get)
                    .filter(Objects::nonNull)
                    .filter(needed -> !needed.carries())
                    .findFirst()
                    .map(needed -> Finding.skipped(subject, why(root(needed, findings))))
                    .orElseGet(check::look);
            findings.put(subject, finding);
            told.accept(finding);
        });
        return new ArrayList<>(findings.values());
    }

    private static String why(Finding root) {
        String label = root.subject().label();
        return root.outcome() == Finding.Outcome.FAILED
                ? "cannot be told before this is repaired: " + label
                : "as " + label;
    }

    /** The first one of a chain that builds on each other. */
    private static Finding root(Finding needed, Map<Subject, Finding> findings) {
        return needed.subject().needs().stream()
                .map(findings::get)
                .filter(Objects::nonNull)
                .filter(earlier -> !earlier.carries())
                .findFirst()
                .map(earlier -> root(earlier, findings))
                .orElse(needed);
    }

    /**
     * The exit code for all findings: that of the first failed one which has a code of its own, as a script can do more
     * with "no permission" than with "failed".
     */
    static int exitCode(List<Finding> findings) {
        return findings.stream()
                .map(Finding::exitCode)
                .filter(code -> code != ExitCode.OK)
                .min(Comparator.comparing((Integer code) -> code == ExitCode.FAILURE))
                .orElse(ExitCode.OK);
    }
}
