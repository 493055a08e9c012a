package io.loopscope.standalone.analyze;

import io.loopscope.agent.source.PcapFileSource;
import io.loopscope.settings.terminal.Palette;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/** A progress bar over all files, on a terminal; nothing elsewhere. */
final class Progress implements AutoCloseable {
    private static final int PACKETS_A_STEP = 16_384;
    private static final long WORTH_A_BAR = 32L << 20;

    private final @Nullable ProgressBar bar;
    private long before;
    private long size;
    private long packets;

    private Progress(@Nullable ProgressBar bar) {
        this.bar = bar;
    }

    /** A bar when it is wanted, somebody sees it, and there is enough to read. */
    static Progress of(boolean wanted, List<InputFile> files) {
        long total = files.stream().mapToLong(Progress::size).sum();
        if (!wanted || total < WORTH_A_BAR || !Palette.errorsAreSeen()) {
            return new Progress(null);
        }
        return new Progress(new ProgressBarBuilder()
                .setTaskName("analyze")
                .setInitialMax(total)
                .setUnit("MiB", 1L << 20)
                .setUpdateIntervalMillis(250)
                .build());
    }

    void begin(InputFile file, PcapFileSource source) {
        before += size;
        size = size(file);
        show(source);
    }

    /** Another packet was read. */
    void packet(PcapFileSource source) {
        if (bar != null && ++packets % PACKETS_A_STEP == 0) {
            show(source);
        }
    }

    private void show(PcapFileSource source) {
        if (bar != null) {
            bar.stepTo(before + (long) (source.progress() * size));
        }
    }

    private static long size(InputFile file) {
        try {
            return Files.size(file.path());
        } catch (IOException e) {
            return 0; // It will be complained about when it is opened.
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
