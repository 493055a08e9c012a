package io.loopscope.standalone.up;

import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.AnomalyStage;
import io.loopscope.settings.terminal.Palette;
import io.loopscope.settings.terminal.SafeText;
import io.loopscope.standalone.observe.AnomalyText;
import io.loopscope.standalone.observe.CompactRenderer;
import io.loopscope.standalone.observe.Item;
import io.loopscope.standalone.observe.Renderer;
import java.util.ArrayList;
import java.util.List;

/** One line an event; an anomaly is a block that can't be missed: what, who, why, and what to do. */
final class FeedRenderer implements Renderer {
    private static final int WIDTH = 110;
    /** Under the text behind a time. */
    private static final String INDENT = " ".repeat(18);

    private final CompactRenderer compact;
    private final Palette palette;

    FeedRenderer(CompactRenderer compact, Palette palette) {
        this.compact = compact;
        this.palette = palette;
    }

    @Override
    public List<String> lines(Item item) {
        return item instanceof Item.AnomalyItem anomaly ? block(anomaly) : compact.lines(item);
    }

    private List<String> block(Item.AnomalyItem item) {
        AnomalyEvent event = item.event();
        var lines = new ArrayList<>(compact.dateLine(item));
        lines.add(compact.start(item) + mark(event) + ' ' + AnomalyText.title(event, palette));
        AnomalyText.subjects(event).forEach(line -> lines.add(INDENT + palette.bold(line)));
        wrap(SafeText.of(event.getExplain())).forEach(line -> lines.add(INDENT + line));
        if (event.getStage() != AnomalyStage.CLEARED && !event.getAdvice().isEmpty()) {
            wrap("→ " + SafeText.of(event.getAdvice())).forEach(line -> lines.add(INDENT + line));
        }
        return lines;
    }

    private static String mark(AnomalyEvent event) {
        return event.getStage() == AnomalyStage.CLEARED ? "✓" : "▲";
    }

    /** Lines of at most {@link #WIDTH} columns; a longer word has one of its own. */
    static List<String> wrap(String text) {
        var lines = new ArrayList<String>();
        var line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > WIDTH - INDENT.length()) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        if (!line.isEmpty()) {
            lines.add(line.toString());
        }
        return lines;
    }
}
