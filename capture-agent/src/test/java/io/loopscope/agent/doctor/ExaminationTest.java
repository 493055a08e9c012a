package io.loopscope.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.doctor.Finding.Outcome;
import io.loopscope.settings.ExitCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExaminationTest {

    @Test
    void looksInTheOrderOfTheSubjectsAndTellsAtOnce() {
        List<Finding> told = new ArrayList<>();

        List<Finding> findings = new Examination()
                .with(Subject.CLOCK, ok(Subject.CLOCK))
                .with(Subject.JAVA, ok(Subject.JAVA))
                .with(Subject.LIBPCAP, () -> {
                    assertThat(told).extracting(Finding::subject).containsExactly(Subject.JAVA);
                    return Finding.ok(Subject.LIBPCAP, "");
                })
                .run(told::add);

        assertThat(findings).extracting(Finding::subject).containsExactly(Subject.JAVA, Subject.LIBPCAP, Subject.CLOCK);
        assertThat(told).isEqualTo(findings);
    }

    @Test
    void whatBuildsOnAFailureIsSkippedAndNamesTheFirstReason() {
        List<Finding> findings = new Examination()
                .with(Subject.JAVA, ok(Subject.JAVA))
                .with(Subject.LIBPCAP, failed(Subject.LIBPCAP, ExitCode.FAILURE))
                .with(Subject.PERMISSION, ExaminationTest::neverAsked)
                .with(Subject.PACKETS, ExaminationTest::neverAsked)
                .with(Subject.DROPS, ExaminationTest::neverAsked)
                .with(Subject.NAMESPACE, ok(Subject.NAMESPACE))
                .run(finding -> {});

        assertThat(findings)
                .filteredOn(finding -> finding.outcome() == Outcome.SKIPPED)
                .allSatisfy(finding -> assertThat(finding.saw()).endsWith("before this is repaired: libpcap"))
                .extracting(Finding::subject)
                .containsExactly(Subject.PERMISSION, Subject.PACKETS, Subject.DROPS);
    }

    @Test
    void aWarningStopsNothing() {
        List<Finding> findings = new Examination()
                .with(Subject.INTERFACE, () -> Finding.warning(Subject.INTERFACE, "not the loopback", ""))
                .with(Subject.PACKETS, ok(Subject.PACKETS))
                .run(finding -> {});

        assertThat(findings).extracting(Finding::outcome).containsExactly(Outcome.WARNING, Outcome.OK);
    }

    @Test
    void whatBuildsOnSomethingThatWasNotAskedForIsSkippedWithoutAFailure() {
        List<Finding> findings = new Examination()
                .with(Subject.BROKER, () -> Finding.skipped(Subject.BROKER, "no Kafka is named"))
                .with(Subject.TOPICS, ExaminationTest::neverAsked)
                .run(finding -> {});

        assertThat(findings).extracting(Finding::saw).containsExactly("no Kafka is named", "as broker");
        assertThat(Examination.exitCode(findings)).isZero();
    }

    @Test
    void theExitCodeIsThatOfTheFirstFailureWithACodeOfItsOwn() {
        Finding packets = failed(Subject.PACKETS, ExitCode.FAILURE).look();
        Finding broker = failed(Subject.BROKER, ExitCode.KAFKA_UNAVAILABLE).look();
        Finding permission = failed(Subject.PERMISSION, ExitCode.NO_PERMISSION).look();

        assertThat(Examination.exitCode(List.of(packets))).isEqualTo(1);
        assertThat(Examination.exitCode(List.of(packets, broker))).isEqualTo(69);
        assertThat(Examination.exitCode(List.of(permission, packets, broker))).isEqualTo(77);
        assertThat(Examination.exitCode(List.of(Finding.warning(Subject.DROPS, "", ""))))
                .isZero();
    }

    private static Check ok(Subject subject) {
        return () -> Finding.ok(subject, "fine");
    }

    private static Check failed(Subject subject, int exitCode) {
        return () -> Finding.failed(subject, "broken", "repair it", exitCode);
    }

    private static Finding neverAsked() {
        throw new AssertionError("asked all the same");
    }
}
