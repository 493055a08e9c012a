package io.loopscope.agent.doctor;

import com.fasterxml.jackson.core.JsonGenerator;
import io.loopscope.agent.doctor.Finding.Outcome;
import io.loopscope.settings.Version;
import io.loopscope.settings.terminal.Palette;
import io.loopscope.settings.terminal.SafeText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Findings for people and for programs. */
final class DoctorReport {
    private static final String INDENT = " ".repeat(20);

    private DoctorReport() {}

    static List<String> text(Finding finding, Palette palette) {
        List<String> lines = new ArrayList<>();
        List<String> saw = safeLines(finding.saw());
        String first = saw.isEmpty() ? "" : saw.get(0);
        lines.add("%s %-10s  %s"
                .formatted(
                        outcome(finding.outcome(), palette), finding.subject().label(), first));
        saw.stream().skip(1).forEach(line -> lines.add(INDENT + line));
        safeLines(finding.remedy()).forEach(line -> lines.add(INDENT + palette.bold("> " + line)));
        return lines;
    }

    private static String outcome(Outcome outcome, Palette palette) {
        return switch (outcome) {
            case OK -> palette.green("ok     ");
            case WARNING -> palette.yellow("warning");
            case FAILED -> palette.red("FAILED ");
            case SKIPPED -> palette.dim("skipped");
        };
    }

    private static List<String> safeLines(String text) {
        return text.lines().map(SafeText::of).toList();
    }

    /** The last line. */
    static String verdict(List<Finding> findings) {
        String failed = names(findings, Outcome.FAILED);
        String doubtful = names(findings, Outcome.WARNING);
        String warnings = doubtful.isEmpty() ? "" : " Look at " + doubtful + ", too.";
        if (!failed.isEmpty()) {
            return "To be repaired: " + failed + "." + warnings;
        }
        return doubtful.isEmpty() ? "All is well." : "Nothing failed." + warnings.replace(", too", "");
    }

    private static String names(List<Finding> findings, Outcome outcome) {
        return findings.stream()
                .filter(finding -> finding.outcome() == outcome)
                .map(finding -> finding.subject().label())
                .collect(Collectors.joining(", "));
    }

    static String json(List<Finding> findings) {
        int exitCode = Examination.exitCode(findings);
        return JsonText.of(json -> {
            json.writeStartObject();
            json.writeStringField("type", "doctor");
            json.writeStringField("version", Version.current());
            json.writeBooleanField("healthy", findings.stream().noneMatch(one -> one.outcome() == Outcome.FAILED));
            json.writeNumberField("exit_code", exitCode);
            json.writeArrayFieldStart("checks");
            for (Finding finding : findings) {
                write(finding, json);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private static void write(Finding finding, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("check", finding.subject().label());
        json.writeStringField("outcome", finding.outcome().name().toLowerCase(Locale.ROOT));
        json.writeStringField("saw", finding.saw());
        json.writeStringField("remedy", finding.remedy());
        json.writeNumberField("exit_code", finding.exitCode());
        json.writeEndObject();
    }
}
