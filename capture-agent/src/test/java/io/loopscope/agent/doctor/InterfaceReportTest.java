package io.loopscope.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.doctor.InterfaceList.Limitation;
import io.loopscope.agent.source.CaptureInterface;
import io.loopscope.settings.terminal.Palette;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;

class InterfaceReportTest {
    private static final CaptureInterface LO =
            new CaptureInterface("lo", "", List.of(address("127.0.0.1"), address("::1")), true, true);
    private static final CaptureInterface ETH0 =
            new CaptureInterface("eth0", "", List.of(address("192.0.2.2")), false, false);

    @Test
    void theLoopbackInterfaceComesFirstAndIsTheDefault() {
        var list = new InterfaceList(List.of(ETH0, LO), true, List.of());

        assertThat(InterfaceReport.table(list, Palette.NONE)).containsExactly("""
                        INTERFACE  STATE  LOOPBACK  ADDRESSES
                        lo         up     yes       127.0.0.1, ::1  (captured by default)
                        eth0       down   no        192.0.2.2""".split("\n"));
    }

    @Test
    void whatIsMissingIsSaidWithItsRemedy() {
        var list =
                new InterfaceList(List.of(LO), false, List.of(new Limitation("may not capture", "sudo this\nor that")));

        assertThat(InterfaceReport.table(list, Palette.NONE))
                .endsWith("", "note: may not capture", "  sudo this", "  or that");
        assertThat(InterfaceReport.json(list))
                .contains("\"capturable\":false", "{\"what\":\"may not capture\",\"remedy\":\"sudo this\\nor that\"}");
    }

    @Test
    void jsonIsOneObjectOnOneLine() {
        assertThat(InterfaceReport.json(new InterfaceList(List.of(LO), true, List.of())))
                .isEqualTo(
                        "{\"interfaces\":[{\"name\":\"lo\",\"description\":\"\",\"loopback\":true,\"up\":true,"
                                + "\"default\":true,\"addresses\":[\"127.0.0.1\",\"::1\"]}],\"capturable\":true,\"limitations\":[]}");
    }

    @Test
    void aNameCannotDriveTheTerminal() {
        var hostile = new CaptureInterface("x\u001b[2J", "\u202edoog", List.of(), false, true);
        var list = new InterfaceList(List.of(hostile), true, List.of());

        assertThat(String.join("", InterfaceReport.table(list, Palette.NONE)))
                .contains("x\\x1b[2J", "\\u202edoog")
                .doesNotContain("\u001b", "\u202e");
        assertThat(InterfaceReport.json(list)).doesNotContain("\u001b", "\u202e");
    }

    @Test
    void coloursAreForTerminalsOnly() {
        var list = new InterfaceList(List.of(LO, ETH0), true, List.of());

        assertThat(String.join("", InterfaceReport.table(list, Palette.ANSI))).contains("\u001b[");
        assertThat(String.join("", InterfaceReport.table(list, Palette.NONE))).doesNotContain("\u001b");
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
