package io.loopscope.agent;

import io.loopscope.agent.parse.HeaderParser;
import io.loopscope.agent.parse.ParseResult;
import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.parse.TcpFlags;
import io.loopscope.agent.publish.SegmentQueue;
import io.loopscope.agent.sockets.OwnTraffic;
import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.Packet;
import io.loopscope.agent.source.PacketSource;
import io.loopscope.agent.source.PacketSource.Next;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** The capturing thread: packets from the source, parsed, sorted, into the queue. Never waits for the publishing one. */
final class CaptureLoop implements Runnable {
    private static final int PROGRESS_EVERY = 64;
    private static final long ROOM_WAIT_NS = 200_000;
    /** A stop waits no longer than this for the packets that the kernel still gathers. */
    private static final long DRAIN_NS = Duration.ofSeconds(1).toNanos();

    private final PacketSource source;
    private final OwnTraffic own;
    private final SegmentQueue queue;
    private final AgentCounters counters;
    private final CaptureProgress progress;
    private final Doorbell doorbell;
    private final TrafficFilter filter;
    private final Packet packet = new Packet();
    private final HeaderParser parser = new HeaderParser();
    private final SegmentHeader header = new SegmentHeader();
    private int sinceProgress;
    private long drainDeadlineNs;
    private boolean draining;

    CaptureLoop(Pipeline pipeline, TrafficFilter filter) {
        source = pipeline.source();
        own = pipeline.own();
        queue = pipeline.queue();
        counters = pipeline.counters();
        progress = pipeline.progress();
        doorbell = pipeline.doorbell();
        this.filter = filter;
    }

    @Override
    public void run() {
        Throwable failure = null;
        try {
            while (step()) {
                // All in step.
            }
        } catch (CaptureException | RuntimeException | Error e) { // Told by the agent when it has stopped.
            failure = e;
        }
        progress.caughtUp(source.caughtUpToNs());
        progress.finish(failure);
        doorbell.ring(true);
    }

    private boolean step() throws CaptureException {
        Next next = source.next(packet);
        if (next == Next.PACKET) {
            take();
        }
        if (next != Next.PACKET || ++sinceProgress == PROGRESS_EVERY) {
            sinceProgress = 0;
            progress.caughtUp(source.caughtUpToNs());
            return next != Next.END && !isOver();
        }
        return true;
    }

    private boolean isOver() {
        if (!progress.isStopRequested()) {
            return false;
        }
        if (!draining) {
            draining = true;
            drainDeadlineNs = System.nanoTime() + DRAIN_NS;
        }
        return !source.live()
                || source.caughtUpToNs() >= progress.stopAtNs()
                || System.nanoTime() - drainDeadlineNs >= 0;
    }

    private void take() {
        ParseResult result = parser.parse(
                packet.data(),
                packet.offset(),
                packet.capturedLength(),
                packet.wireLength(),
                packet.linkType(),
                header);
        counters.packets.count(result, header);
        if (result != ParseResult.OK) {
            return;
        }
        if (!filter.passes(header)) {
            counters.excludedBySetting.increment();
        } else if (own.covers(header) && !isOpening()) {
            counters.excludedOwn.increment();
        } else {
            enqueue();
        }
    }

    /** A SYN may begin a connection of somebody else on addresses and ports that were own before: judged later. */
    private boolean isOpening() {
        return (header.flags() & (TcpFlags.SYN | TcpFlags.ACK)) == TcpFlags.SYN;
    }

    private void enqueue() {
        boolean control = TcpFlags.isControl(header.flags());
        SegmentQueue.Answer answer = queue.offer(header, packet.timestampNs());
        while (answer != SegmentQueue.Answer.TAKEN && !source.live() && !progress.isStopRequested()) {
            // A file has time: nothing of it is left out.
            doorbell.ring(true);
            LockSupport.parkNanos(this, ROOM_WAIT_NS);
            answer = queue.offer(header, packet.timestampNs());
        }
        switch (answer) {
            case TAKEN -> doorbell.ring(control || queue.isFilling());
            case SHED -> counters.shed.increment();
            case FULL -> counters.queueDropped.increment();
        }
    }
}
