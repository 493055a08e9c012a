package io.loopscope.agent;

import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.publish.BatchBuilder;
import io.loopscope.agent.publish.CapturePublisher;
import io.loopscope.agent.publish.SegmentQueue;
import io.loopscope.agent.publish.SocketReports;
import io.loopscope.agent.sockets.OwnTraffic;
import io.loopscope.agent.sockets.SocketPoll;
import io.loopscope.agent.source.PacketSource;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.schemas.v1.SocketReport;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * The publishing thread: segments from the queue into batches, batches and heartbeats to the publisher, in order. The
 * watermark of a heartbeat is read before the queue is emptied and sent after what was in it: that is why it holds.
 */
final class PublishLoop implements Runnable {
    private static final long POLL_WAIT_NS = 20_000_000;

    private final PacketSource source;
    private final OwnTraffic own;
    private final SegmentQueue queue;
    private final CapturePublisher publisher;
    private final AgentCounters counters;
    private final CaptureProgress progress;
    private final Doorbell doorbell;
    private final PollExchange polls;
    private final BatchBuilder batch;
    private final SocketReports reports;
    private final Heartbeats heartbeats;
    private final Duration stopTimeout;
    private final long heartbeatNs;
    private long nextHeartbeatNs;
    private long leftOutBefore;
    private long connectionsBefore;

    PublishLoop(
            Pipeline pipeline, BatchBuilder batch, SocketReports reports, Heartbeats heartbeats, Duration stopTimeout) {
        source = pipeline.source();
        own = pipeline.own();
        queue = pipeline.queue();
        publisher = pipeline.publisher();
        counters = pipeline.counters();
        progress = pipeline.progress();
        doorbell = pipeline.doorbell();
        polls = pipeline.polls();
        this.batch = batch;
        this.reports = reports;
        this.heartbeats = heartbeats;
        this.stopTimeout = stopTimeout;
        heartbeatNs = heartbeats.interval().toNanos();
    }

    @Override
    public void run() {
        nextHeartbeatNs = System.nanoTime();
        while (turn()) {
            long now = System.nanoTime();
            long wait = Math.min(batch.remainingNs(now), nextHeartbeatNs - now);
            if (polls.isWaiting()) { // For the capture, which rings no bell when it has caught up.
                wait = Math.min(wait, POLL_WAIT_NS);
            }
            if (wait > 0) {
                doorbell.await(wait, !batch.isEmpty(), () -> queue.size() == 0 && !progress.isFinished());
            }
        }
        long remaining = Math.min(stopTimeout.toNanos(), progress.remainingNs(System.nanoTime()));
        publisher.close(Duration.ofNanos(Math.max(0, remaining)));
    }

    private boolean turn() {
        boolean finished = progress.isFinished();
        long caughtUpToNs = progress.caughtUpToNs();
        long watermarkLimitNs = polls.watermarkLimitNs();
        drain();
        long now = System.nanoTime();
        if (batch.remainingNs(now) <= 0) {
            flush();
        }
        if (finished && queue.size() == 0) {
            flush();
            sayGoodbye(sendPoll(caughtUpToNs) ? caughtUpToNs : Math.min(caughtUpToNs, watermarkLimitNs));
            return false;
        }
        if (sendPoll(caughtUpToNs)) {
            watermarkLimitNs = Long.MAX_VALUE;
        }
        if (nextHeartbeatNs - now <= 0) {
            nextHeartbeatNs = now + heartbeatNs;
            own.refresh();
            flush();
            // One that finds no room is not repeated: the next one says more.
            publisher.offer(heartbeat(Math.min(caughtUpToNs, watermarkLimitNs), false));
        }
        return true;
    }

    private void drain() {
        long connections = publisher.connectionsMade();
        if (connections != connectionsBefore) {
            connectionsBefore = connections;
            own.refresh();
        }
        long now = System.nanoTime();
        for (int left = queue.size(); left > 0; left--) {
            SegmentHeader header = queue.peek();
            switch (own.judge(header, queue.peekTimeNs())) {
                case OWN -> counters.excludedOwn.increment();
                case UNATTRIBUTED -> counters.excludedUnattributed.increment();
                case LISTED_OUT -> counters.excludedBySetting.increment();
                case FOREIGN -> batch.add(header, queue.peekTimeNs(), now);
            }
            queue.remove();
            if (batch.isFull()) {
                flush();
                now = System.nanoTime();
            }
        }
    }

    private void flush() {
        if (batch.isEmpty()) {
            return;
        }
        long leftOut = counters.snapshot().leftOut();
        CaptureBatch next = batch.take(leftOut - leftOutBefore);
        leftOutBefore = leftOut;
        // Order is kept: nothing goes before it is taken. What comes meanwhile waits in the queue or is left out there.
        while (!publisher.offer(next)) {
            if (hasToGiveUp()) {
                counters.abandoned.add(next.getSegments().size());
                return;
            }
        }
    }

    /** After all segments that were captured before the poll began. Returns whether there was one. */
    private boolean sendPoll(long caughtUpToNs) {
        SocketPoll poll = polls.due(caughtUpToNs);
        if (poll == null) {
            return false;
        }
        flush();
        boolean whole = true;
        for (SocketReport report : reports.of(poll)) {
            // Segments need the room more than a table that is read again soon.
            whole = whole && publisher.offer(report);
            if (!whole) {
                counters.sockets.reportsDropped.increment();
            }
        }
        polls.sent(poll, whole);
        return true;
    }

    private void sayGoodbye(long caughtUpToNs) {
        boolean planned = progress.failure() == null || !source.live();
        while (!publisher.offer(heartbeat(caughtUpToNs, planned)) && !hasToGiveUp()) {
            // Kafka may come back in time.
        }
    }

    private boolean hasToGiveUp() {
        return progress.remainingNs(System.nanoTime()) <= 0;
    }

    private Heartbeat heartbeat(long caughtUpToNs, boolean plannedStop) {
        return heartbeats.make(
                caughtUpToNs,
                batch.nextSequence(),
                polls.lastSent(),
                plannedStop,
                counters.snapshot(),
                source.interfaces(),
                Stream.concat(own.limitations().stream(), polls.limitations().stream())
                        .toList());
    }
}
