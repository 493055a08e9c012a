package io.loopscope.standalone.up;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.schemas.v1.AnomalyStage;
import io.loopscope.settings.terminal.Palette;
import io.loopscope.standalone.observe.CompactRenderer;
import io.loopscope.standalone.observe.Item.AnomalyItem;
import io.loopscope.standalone.observe.Item.ConnectionItem;
import io.loopscope.standalone.observe.Samples;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class FeedRendererTest {
    private final FeedRenderer renderer = renderer(Palette.NONE);

    @Test
    void anOpenedAnomalySaysWhatWhoWhyAndWhatToDo() {
        assertThat(renderer.lines(new AnomalyItem(Samples.anomaly().build())))
                .containsExactly(
                        "12:01:01.123456 ▲ OPENED CLOSE_WAIT_STUCK warning",
                        "                  server 127.0.0.1:13306 mysqld[4711] CLOSE_WAIT for 1 min",
                        "                  client 127.0.0.1:59994 FIN_WAIT_2 for 1 min",
                        "                  The server got the client's FIN and acknowledged it, but has not closed its"
                                + " own side.",
                        "                  → Find the connection that the server forgot to close.");
    }

    @Test
    void aClearedAnomalyNeedsNoAdvice() {
        var cleared = Samples.anomaly()
                .setStage(AnomalyStage.CLEARED)
                .setClearReason("progressed")
                .setExplain("The server closed.")
                .build();
        assertThat(renderer.lines(new AnomalyItem(cleared)))
                .startsWith("12:01:01.123456 ✓ CLEARED CLOSE_WAIT_STUCK progressed")
                .endsWith("                  The server closed.");
    }

    @Test
    void anomaliesStandOutOnATerminal() {
        assertThat(renderer(Palette.ANSI)
                        .lines(new AnomalyItem(Samples.anomaly().build()))
                        .get(0))
                .isEqualTo("\u001b[2m12:01:01.123456\u001b[0m ▲ \u001b[1;33mOPENED CLOSE_WAIT_STUCK warning\u001b[0m");
    }

    @Test
    void anEventIsOneLine() {
        assertThat(renderer.lines(new ConnectionItem(Samples.clientCloses()))).hasSize(1);
    }

    @Test
    void textIsWrappedBetweenWordsAndALongWordHasALineOfItsOwn() {
        var word = "w".repeat(200);
        assertThat(FeedRenderer.wrap("short " + word + " short")).containsExactly("short", word, "short");
        assertThat(FeedRenderer.wrap("")).isEmpty();
    }

    private static FeedRenderer renderer(Palette palette) {
        var compact = new CompactRenderer(ZoneOffset.UTC, LocalDate.of(2025, 11, 22), false, palette);
        return new FeedRenderer(compact, palette);
    }
}
