package io.loopscope.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.settings.ExitCode;
import io.loopscope.settings.Version;
import io.loopscope.settings.terminal.Palette;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorReportTest {
    private static final Finding DENIED =
            Finding.failed(Subject.PERMISSION, "may not capture", "sudo this\nor that", ExitCode.NO_PERMISSION);
    private static final Finding JAVA = Finding.ok(Subject.JAVA, "Java 17");
    private static final Finding IDLE = Finding.warning(Subject.PACKETS, "nothing\nseen", "wait");

    @Test
    void aFailureHasItsRemedyBelow() {
        assertThat(DoctorReport.text(DENIED, Palette.NONE))
                .containsExactly(
                        "FAILED  permission  may not capture",
                        "                    > sudo this",
                        "                    > or that");
        assertThat(DoctorReport.text(IDLE, Palette.NONE))
                .containsExactly(
                        "warning packets     nothing", "                    seen", "                    > wait");
    }

    @Test
    void theLastLineNamesWhatIsToBeRepaired() {
        assertThat(DoctorReport.verdict(List.of(JAVA))).isEqualTo("All is well.");
        assertThat(DoctorReport.verdict(List.of(JAVA, IDLE))).isEqualTo("Nothing failed. Look at packets.");
        assertThat(DoctorReport.verdict(List.of(DENIED, IDLE)))
                .isEqualTo("To be repaired: permission. Look at packets, too.");
    }

    @Test
    void jsonHasEveryCheckAndTheExitCode() {
        assertThat(DoctorReport.json(List.of(JAVA, DENIED)))
                .isEqualTo("{\"type\":\"doctor\",\"version\":\"" + Version.current()
                        + "\",\"healthy\":false,\"exit_code\":77,\"checks\":["
                        + "{\"check\":\"java\",\"outcome\":\"ok\",\"saw\":\"Java 17\",\"remedy\":\"\",\"exit_code\":0},"
                        + "{\"check\":\"permission\",\"outcome\":\"failed\",\"saw\":\"may not capture\","
                        + "\"remedy\":\"sudo this\\nor that\",\"exit_code\":77}]}");
    }

    @Test
    void namesFromOutsideCannotDriveTheTerminal() {
        Finding hostile = Finding.ok(Subject.NAMESPACE, "process \u001b]0;x\u0007");

        assertThat(String.join("", DoctorReport.text(hostile, Palette.NONE)))
                .contains("\\x1b]0;x\\x07")
                .doesNotContain("\u001b", "\u0007");
        assertThat(DoctorReport.json(List.of(hostile))).doesNotContain("\u001b", "\u0007");
    }
}
