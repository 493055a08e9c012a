package io.loopscope.benchmarks.processor;

import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.publish.BatchBuilder;
import io.loopscope.agent.publish.Identity;
import io.loopscope.agent.track.Answer;
import io.loopscope.agent.track.Fidelity;
import io.loopscope.agent.track.FidelityByPort;
import io.loopscope.agent.track.FlushPace;
import io.loopscope.agent.track.ItemQueue;
import io.loopscope.agent.track.Overload;
import io.loopscope.agent.track.Tracker;
import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.v1.CaptureBatch;
import java.util.function.Consumer;

/**
 * A host's agent between parser and Kafka: the same tracker, pace and encoder, with an agent's defaults. So what it sends
 * is what an agent sends, when it sends it; nothing is left out.
 */
final class HostAgent {
    private static final long MILLISECOND = 1_000_000;
    private static final long COALESCE_NANOS = 1_000 * MILLISECOND;
    private static final long FLUSH_NANOS = 100 * MILLISECOND;
    private static final long CONTROL_FLUSH_NANOS = 10 * MILLISECOND;
    private static final int MOST_ITEMS = 500;
    private static final int QUEUE = 1 << 12;
    private static final int CONNECTIONS = 16_384;

    private final ItemQueue queue = new ItemQueue(QUEUE);
    private final FlushPace pace = new FlushPace(COALESCE_NANOS, FLUSH_NANOS, CONTROL_FLUSH_NANOS);
    private final BatchBuilder builder =
            new BatchBuilder(new Identity("host", CaptureTopic.BOOT, CaptureTopic.EPOCH, 0), "lo", MOST_ITEMS);
    private final RecordCodec codec = new RecordCodec();
    private final Tracker tracker;
    private final Consumer<CaptureBatch> out;

    /**
     * An agent that has seen nothing.
     *
     * @param out takes its batches
     */
    HostAgent(Fidelity fidelity, Consumer<CaptureBatch> out) {
        tracker = new Tracker(FidelityByPort.always(fidelity), queue, CONNECTIONS, Overload.waiting(), COALESCE_NANOS);
        this.out = out;
    }

    /** Number of the next batch. */
    long sequence() {
        return builder.nextSequence();
    }

    void take(SegmentHeader segment, long timeNanos, long nowNanos) {
        if (queue.open() >= queue.capacity() / 2) {
            flush(nowNanos);
        }
        Answer answer = tracker.take(segment, timeNanos);
        if (!answer.isTaken()) {
            throw new IllegalStateException("a segment was left out: " + answer);
        }
        pace.held(tracker.takeUrgency(), nowNanos);
    }

    /** Time has passed. */
    void at(long nowNanos) {
        if (pace.isDue(nowNanos)) {
            flush(nowNanos);
        }
    }

    /** Sends all that is held. */
    void flush(long nowNanos) {
        queue.handOver();
        int size = queue.size();
        pace.flushed(size, nowNanos);
        for (int i = 0; i < size; i++) {
            builder.add(queue.peek(i));
            if (builder.isFull()) {
                send();
            }
        }
        if (!builder.isEmpty()) {
            send();
        }
        queue.remove(size);
    }

    private void send() {
        out.accept((CaptureBatch) codec.decode(builder.take(0).octets()));
    }
}
