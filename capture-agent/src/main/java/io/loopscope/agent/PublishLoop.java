package io.loopscope.agent;

import io.loopscope.agent.publish.BatchBuilder;
import io.loopscope.agent.publish.CapturePublisher;
import io.loopscope.agent.publish.EncodedBatch;
import io.loopscope.agent.publish.SocketReports;
import io.loopscope.agent.sockets.OwnTraffic;
import io.loopscope.agent.sockets.SocketPoll;
import io.loopscope.agent.source.PacketSource;
import io.loopscope.agent.track.Item;
import io.loopscope.agent.track.ItemQueue;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.schemas.v1.SocketReport;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * The publishing thread: items from the queue into batches, batches and heartbeats to the publisher, in order. The
 * watermark of a heartbeat is read before the queue is emptied and sent after what was in it: that is why it holds. So
 * that it is recent, the capturing thread is asked for what it holds shortly before.
 */
final class PublishLoop implements Runnable {
    private static final long POLL_WAIT_NS = 20_000_000;
    /** The capturing thread looks up at least this often, unless it is starved. */
    private static final long ANSWER_WAIT_NS = 250_000_000;

    /** Part of the time left that the goodbye may wait: it has to be delivered itself. */
    private static final int GOODBYE_SHARE = 2;

    private final PacketSource source;
    private final OwnTraffic own;
    private final ItemQueue queue;
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
    private boolean isAsking;
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
            long wait = nextHeartbeatNs - System.nanoTime();
            if (isAsking) {
                wait = ANSWER_WAIT_NS;
            } else if (polls.isWaiting()) { // For the source, which rings no bell when it has caught up.
                wait = POLL_WAIT_NS;
            }
            if (wait > 0) {
                doorbell.await(wait, this::hasNothingToDo);
            }
        }
        publisher.close(Duration.ofNanos(Math.max(0, remainingNs())));
    }

    private long remainingNs() {
        return Math.min(stopTimeout.toNanos(), progress.remainingNs(System.nanoTime()));
    }

    private boolean hasNothingToDo() {
        boolean answered = isAsking && !progress.isFlushAsked();
        return queue.size() == 0 && !progress.isFinished() && !answered;
    }

    private boolean turn() {
        // Read in this order, and all of it before the queue: what was handed over by then is sent by this turn.
        boolean finished = progress.isFinished();
        boolean answered = isAsking && !progress.isFlushAsked();
        long caughtUpToNs = progress.caughtUpToNs();
        long watermarkLimitNs = polls.watermarkLimitNs();
        drain();
        if (finished) {
            sayGoodbye(sendPoll(caughtUpToNs) ? caughtUpToNs : Math.min(caughtUpToNs, watermarkLimitNs));
            return false;
        }
        if (sendPoll(caughtUpToNs)) {
            watermarkLimitNs = Long.MAX_VALUE;
        }
        long now = System.nanoTime();
        boolean heartbeatDue = nextHeartbeatNs - now <= 0;
        // Without an answer the promise holds all the same; it only covers less.
        if (heartbeatDue && (answered || nextHeartbeatNs + ANSWER_WAIT_NS - now <= 0)) {
            nextHeartbeatNs = now + heartbeatNs;
            own.refresh();
            // One that finds no room is not repeated: the next one says more.
            publisher.offer(heartbeat(Math.min(caughtUpToNs, watermarkLimitNs), false));
            heartbeatDue = false;
        }
        ask(heartbeatDue || polls.due(progress.seenUpToNs()) != null);
        return true;
    }

    /** For what the capture holds: it has to be sent before a heartbeat or a report of the socket table. */
    private void ask(boolean wanted) {
        if (wanted && !progress.isFlushAsked()) {
            progress.askFlush();
        }
        isAsking = wanted;
    }

    private void drain() {
        long connections = publisher.connectionsMade();
        if (connections != connectionsBefore) {
            connectionsBefore = connections;
            own.refresh();
        }
        for (int left = queue.size(); left > 0; ) {
            int judged = 0;
            while (judged < left && !batch.isFull()) {
                judge(queue.peek(judged++));
            }
            // Encoded at once, so that its places are free while Kafka is waited for.
            EncodedBatch next = batch.isEmpty() ? null : batch.take(newlyLeftOut());
            queue.remove(judged);
            left -= judged;
            if (next != null) {
                counters.batched.add(next.segments());
                send(next);
            }
        }
    }

    private void judge(Item item) {
        switch (own.judge(item.header(), item.timeNs())) {
            case OWN -> exclude(counters.excludedOwn, item);
            case UNATTRIBUTED -> exclude(counters.excludedUnattributed, item);
            case LISTED_OUT -> exclude(counters.excludedBySetting, item);
            case FOREIGN -> batch.add(item);
        }
    }

    private void exclude(LongAdder reason, Item item) {
        reason.add(item.segments());
        counters.excludedLate.add(item.segments());
    }

    private long newlyLeftOut() {
        long leftOut = counters.leftOut();
        long newly = leftOut - leftOutBefore;
        leftOutBefore = leftOut;
        return newly;
    }

    /** Order is kept: nothing goes before it is taken. What comes meanwhile waits in the queue or is left out there. */
    private void send(EncodedBatch next) {
        boolean taken = false;
        while (!taken && !hasToGiveUp()) {
            taken = publisher.offer(next);
        }
        if (!taken) {
            counters.abandoned.add(next.segments());
        }
    }

    /** After all segments that were captured before the poll began. Returns whether there was one. */
    private boolean sendPoll(long caughtUpToNs) {
        SocketPoll poll = polls.due(caughtUpToNs);
        if (poll == null) {
            return false;
        }
        long before = Agent.cpuNs();
        boolean whole = true;
        for (Iterator<SocketReport> all = reports.of(poll); all.hasNext(); ) {
            SocketReport report = all.next();
            // Segments need the room more than a table that is read again soon.
            whole = whole && publisher.offer(report);
            if (!whole) {
                counters.sockets.reportsDropped.increment();
            }
        }
        polls.sent(poll, whole, Agent.cpuNs() - before);
        return true;
    }

    /** Nothing comes after it that could say more, so it waits for what Kafka says of the last batches. */
    private void sayGoodbye(long caughtUpToNs) {
        publisher.awaitDelivered(Duration.ofNanos(Math.max(0, remainingNs() / GOODBYE_SHARE)));
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
