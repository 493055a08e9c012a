package io.loopscope.systemtests.fidelity;

import io.loopscope.agent.publish.BatchBuilder;
import io.loopscope.agent.publish.Identity;
import io.loopscope.agent.track.Answer;
import io.loopscope.agent.track.Fidelity;
import io.loopscope.agent.track.FidelityByPort;
import io.loopscope.agent.track.ItemQueue;
import io.loopscope.agent.track.Overload;
import io.loopscope.agent.track.Tracker;
import io.loopscope.processor.detect.DetectorSettings;
import io.loopscope.processor.detect.HostMonitor;
import io.loopscope.processor.detect.Step;
import io.loopscope.processor.tcp.TcpSettings;
import io.loopscope.schemas.RecordCodec;
import io.loopscope.schemas.v1.CaptureBatch;
import java.util.List;

/**
 * A host's segments through the agent's tracker and encoder, and what the processor makes of the records. As in an agent,
 * all that is held is handed over every second, and then the host's time passes.
 */
final class FidelityRun {
    private static final long SECOND = 1_000_000_000L;
    /** Longer than the timeouts of all rules that are on. */
    private static final long AFTERMATH = 600 * SECOND;

    private static final int QUEUE = 1 << 15;

    private final ItemQueue queue = new ItemQueue(QUEUE);
    private final Tracker tracker;
    private final BatchBuilder builder = new BatchBuilder(new Identity("host", "boot", 1, 0), "lo", 500);
    private final RecordCodec codec = new RecordCodec();
    private final HostMonitor monitor = new HostMonitor("host", 0, DetectorSettings.defaults(), TcpSettings.DEFAULT);
    private final Step step = new Step();
    private final Story story = new Story();
    private long items;

    private FidelityRun(Fidelity fidelity) {
        tracker = new Tracker(FidelityByPort.always(fidelity), queue, 1_000, Overload.waiting(), SECOND);
    }

    /** What is told about these segments. */
    static Story of(Fidelity fidelity, List<Captured> segments) {
        return new FidelityRun(fidelity).run(segments);
    }

    private Story run(List<Captured> segments) {
        long clock = 0;
        for (Captured segment : segments) {
            if (segment.timeNs() >= clock + SECOND || queue.open() == QUEUE - 1) {
                pass(clock);
                clock = segment.timeNs();
            }
            Answer answer = tracker.take(segment.header(), segment.timeNs());
            if (!answer.isTaken()) {
                throw new IllegalStateException("a segment was left out: " + answer);
            }
        }
        pass(clock);
        for (Captured last : segments.isEmpty() ? segments : segments.subList(segments.size() - 1, segments.size())) {
            monitor.advance(last.timeNs(), step);
            monitor.advance(last.timeNs() + AFTERMATH, step);
        }
        monitor.forEachConnection((id, connection) -> story.ends(id.get(), connection));
        story.add(step.outputs());
        story.items(items);
        return story;
    }

    private void pass(long timeNs) {
        queue.handOver();
        int size = queue.size();
        for (int i = 0; i < size; i++) {
            builder.add(queue.peek(i));
            if (builder.isFull()) {
                send();
            }
        }
        send();
        queue.remove(size);
        items += size;
        monitor.advance(timeNs, step);
        story.add(step.outputs());
        step.clear();
    }

    private void send() {
        if (!builder.isEmpty()) {
            CaptureBatch batch = (CaptureBatch) codec.decode(builder.take(0).octets());
            Delivered.of(batch).forEach(delivered -> monitor.segment(delivered.tuple(), delivered.segment(), step));
        }
    }
}
