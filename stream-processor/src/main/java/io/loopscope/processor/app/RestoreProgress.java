package io.loopscope.processor.app;

import io.loopscope.processor.app.Readiness.Cause;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StateRestoreListener;

/** Says on the board how far the state has been read back. Called by the stream threads. */
final class RestoreProgress implements StateRestoreListener {
    private final ReadinessBoard board;
    private final InstantSource clock;
    private final Map<TopicPartition, Long> left = new HashMap<>();
    private long restored;
    private long ever;

    RestoreProgress(ReadinessBoard board, InstantSource clock) {
        this.board = board;
        this.clock = clock;
    }

    @Override
    public synchronized void onRestoreStart(TopicPartition partition, String store, long start, long end) {
        left.put(partition, Math.max(0, end - start));
        tell();
    }

    @Override
    public synchronized void onBatchRestored(TopicPartition partition, String store, long batchEnd, long records) {
        restored += records;
        ever += records;
        left.computeIfPresent(partition, (known, before) -> Math.max(0, before - records));
        tell();
    }

    @Override
    public synchronized void onRestoreEnd(TopicPartition partition, String store, long records) {
        left.remove(partition);
        tell();
    }

    @Override
    public synchronized void onRestoreSuspended(TopicPartition partition, String store, long records) {
        onRestoreEnd(partition, store, records);
    }

    /** Records that are still to be read back, at most. */
    synchronized long remaining() {
        return left.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Records that have been read back since the start. */
    synchronized long restored() {
        return ever;
    }

    private void tell() {
        if (left.isEmpty()) {
            board.clear(Cause.RESTORING);
            restored = 0;
            return;
        }
        long records = remaining();
        board.raise(
                Cause.RESTORING,
                "the state is read back: " + restored + " records done, at most " + records + " to go in " + left.size()
                        + " stores",
                "",
                clock.instant());
    }
}
