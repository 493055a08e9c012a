package io.loopscope.standalone.observe;

import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.TopicPartition;

/** Writes the items that pass a filter, in a form of output, as UTF-8. */
public final class Output implements EventReader.Sink {
    private final BufferedWriter out;
    private final ItemFilter filter;
    private final Renderer renderer;

    Output(OutputStream out, ItemFilter filter, Renderer renderer) {
        this.out = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        this.filter = filter;
        this.renderer = renderer;
    }

    /** Standard output itself: {@code System.out} would keep quiet about a pipe that nobody reads any more. */
    public static OutputStream standard() {
        return new FileOutputStream(FileDescriptor.out);
    }

    @Override
    public void accept(TopicPartition from, Item item) throws IOException {
        if (filter.accepts(item)) {
            for (String line : renderer.lines(item)) {
                out.write(line);
                out.write('\n');
            }
        }
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }
}
