package io.loopscope.agent.doctor;

import io.loopscope.agent.source.CaptureException;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;

/**
 * What one look has shown.
 *
 * @param subject what was looked at
 * @param outcome how it is
 * @param saw what was seen: a sentence, and further lines where there is more to tell
 * @param remedy what to do about it, best a line to type; empty when there is nothing to do
 * @param exitCode one of {@link ExitCode}; {@link ExitCode#OK} unless it failed
 */
record Finding(Subject subject, Outcome outcome, String saw, String remedy, int exitCode) {

    /** How it is. */
    enum Outcome {
        /** As it should be. */
        OK,
        /** Something may be seen, but not all, or not what is meant. */
        WARNING,
        /** A reason why nothing is seen. */
        FAILED,
        /** Not looked at. */
        SKIPPED
    }

    static Finding ok(Subject subject, String saw) {
        return new Finding(subject, Outcome.OK, saw, "", ExitCode.OK);
    }

    static Finding warning(Subject subject, String saw, String remedy) {
        return new Finding(subject, Outcome.WARNING, saw, remedy, ExitCode.OK);
    }

    static Finding failed(Subject subject, String saw, String remedy, int exitCode) {
        return new Finding(subject, Outcome.FAILED, saw, remedy, exitCode);
    }

    static Finding failed(Subject subject, OperatingException e) {
        return failed(subject, String.valueOf(e.getMessage()), e.remedy(), e.exitCode());
    }

    static Finding failed(Subject subject, CaptureException e) {
        return failed(subject, e.toOperatingException());
    }

    static Finding skipped(Subject subject, String why) {
        return new Finding(subject, Outcome.SKIPPED, why, "", ExitCode.OK);
    }

    /** Whether what builds on it can be looked at. */
    boolean carries() {
        return outcome == Outcome.OK || outcome == Outcome.WARNING;
    }
}
