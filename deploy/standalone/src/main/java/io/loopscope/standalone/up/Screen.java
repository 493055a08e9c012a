package io.loopscope.standalone.up;

import io.loopscope.settings.terminal.Palette;
import io.loopscope.standalone.observe.TimeText;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;

/** Standard output, shared by who has something to say. */
final class Screen {
    private final BufferedWriter out;
    private final Palette palette;
    private final ZoneId zone;

    Screen(OutputStream out, Palette palette, ZoneId zone) {
        this.out = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        this.palette = palette;
        this.zone = zone;
    }

    Palette palette() {
        return palette;
    }

    ZoneId zone() {
        return zone;
    }

    /** Shows lines that belong together. */
    synchronized void show(List<String> lines) throws IOException {
        for (String line : lines) {
            out.write(line);
            out.write('\n');
        }
        out.flush();
    }

    /** Shows a line with the time before it. */
    void tell(String line) throws IOException {
        show(List.of(palette.dim(TimeText.clock(Instant.now(), zone)) + ' ' + line));
    }
}
