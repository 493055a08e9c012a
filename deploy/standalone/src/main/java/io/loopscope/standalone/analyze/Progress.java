package io.loopscope.standalone.analyze;

import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.Packet;
import io.loopscope.agent.source.PacketSource;
import io.loopscope.agent.source.PcapFileSource;
import io.loopscope.agent.source.SourceStatistics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

    private Progress(@Nullable ProgressBar bar) {
        this.bar = bar;
    }

    /** A bar when it is wanted, somebody sees it, and there is enough to read. */
    static Progress of(boolean wanted, List<Path> files) {
        long total = files.stream().mapToLong(Progress::size).sum();
        if (!wanted || total < WORTH_A_BAR || System.console() == null) {
            return new Progress(null);
        }
        return new Progress(new ProgressBarBuilder()
                .setTaskName("analyze")
                .setInitialMax(total)
                .setUnit("MiB", 1L << 20)
                .setUpdateIntervalMillis(250)
                .build());
    }

    void begin(Path file, PcapFileSource source) {
        before += size;
        size = size(file);
        show(source);
    }

    /** The source itself, or one that tells the bar now and then how far it is. */
    PacketSource watch(PcapFileSource source) {
        return bar == null ? source : new Watched(source);
    }

    private void show(PcapFileSource source) {
        if (bar != null) {
            bar.stepTo(before + (long) (source.progress() * size));
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
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

    private final class Watched implements PacketSource {
        private final PcapFileSource source;
        private int packets;

        Watched(PcapFileSource source) {
            this.source = source;
        }

        @Override
        public Next next(Packet packet) throws CaptureException {
            if (++packets % PACKETS_A_STEP == 0) {
                show(source);
            }
            return source.next(packet);
        }

        @Override
        public void wakeUp() {
            source.wakeUp();
        }

        @Override
        public SourceStatistics statistics() {
            return source.statistics();
        }

        @Override
        public List<String> interfaces() {
            return source.interfaces();
        }

        @Override
        public boolean live() {
            return source.live();
        }

        @Override
        public Duration latency() {
            return source.latency();
        }

        @Override
        public void close() {
            source.close();
        }
    }
}
