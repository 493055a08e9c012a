package io.loopscope.agent;

import io.loopscope.agent.parse.HeaderParser;
import io.loopscope.agent.parse.ParseResult;
import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.parse.TcpFlags;
import io.loopscope.agent.sockets.OwnTraffic;
import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.Packet;
import io.loopscope.agent.source.PacketSource;
import io.loopscope.agent.source.PacketSource.Next;
import io.loopscope.agent.track.Answer;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** The capturing thread: packets from the source, parsed, tracked, handed over. Never waits for the publishing one. */
final class CaptureLoop implements Runnable {
    /** How many packets, and how much of their time, may pass before it is seen what is due. */
    private static final int LOOK_EVERY = 64;

    private static final long LOOK_EVERY_NS = 5_000_000;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long ROOM_WAIT_NS = 200_000;
    /** A stop waits no longer than this for the packets that the kernel still gathers. */
    private static final long DRAIN_NS = Duration.ofSeconds(1).toNanos();

    private final PacketSource source;
    private final OwnTraffic own;
    private final AgentCounters counters;
    private final CaptureProgress progress;
    private final Doorbell doorbell;
    private final TrafficFilter filter;
    private final Tracking tracking;
    /** The one by which the source stamps packets. */
    private final Clock clock;

    private final Packet packet = new Packet();
    private final HeaderParser parser = new HeaderParser();
    private final SegmentHeader header = new SegmentHeader();
    private int sinceLook;
    private long lookedAtNs;
    private long drainDeadlineNs;
    private boolean draining;

    CaptureLoop(Pipeline pipeline, TrafficFilter filter, Tracking tracking, Clock clock) {
        source = pipeline.source();
        own = pipeline.own();
        counters = pipeline.counters();
        progress = pipeline.progress();
        doorbell = pipeline.doorbell();
        this.filter = filter;
        this.tracking = tracking;
        this.clock = clock;
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
        tracking.handOver(System.nanoTime());
        progress.caughtUp(source.caughtUpToNs());
        progress.finish(failure);
        doorbell.ring();
    }

    boolean step() throws CaptureException {
        Next next = source.next(packet);
        if (next == Next.PACKET) {
            take();
            if (++sinceLook < LOOK_EVERY && Math.abs(packet.timestampNs() - lookedAtNs) < LOOK_EVERY_NS) {
                return true;
            }
            lookedAtNs = packet.timestampNs();
        }
        sinceLook = 0;
        look(next == Next.PACKET ? lagNs() : 0);
        if (next == Next.IDLE) {
            long restMs = tracking.restNs(System.nanoTime()) / NANOS_PER_MILLI + 1;
            source.waitAtMost((int) Math.min(restMs, Integer.MAX_VALUE));
        }
        return next != Next.END && !isOver();
    }

    /** By how much the packet in hand is behind the clock; a file is behind nothing. */
    private long lagNs() {
        return source.live() ? clock.millis() * NANOS_PER_MILLI - packet.timestampNs() : 0;
    }

    /** The watermark never passes what is still held: it is told only when nothing is. */
    private void look(long lagNs) {
        long caughtUpToNs = source.caughtUpToNs();
        boolean asked = progress.isFlushAsked();
        boolean handedOver = tracking.look(System.nanoTime(), lagNs, asked);
        progress.seenUpTo(caughtUpToNs);
        if (tracking.holdsNothing()) {
            progress.caughtUp(caughtUpToNs);
        }
        if (asked) {
            progress.answerFlush();
        }
        if (asked || handedOver) {
            doorbell.ring();
        }
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
        ParseResult result = packet.parse(parser, header);
        counters.packets.count(result, header);
        if (result != ParseResult.OK) {
            return;
        }
        if (!filter.passes(header)) {
            counters.excludedBySetting.increment();
        } else if (own.covers(header) && !isOpening()) {
            counters.excludedOwn.increment();
        } else {
            track();
        }
    }

    /** A SYN may begin a connection of somebody else on addresses and ports that were own before: judged later. */
    private boolean isOpening() {
        return (header.flags() & (TcpFlags.SYN | TcpFlags.ACK)) == TcpFlags.SYN;
    }

    private void track() {
        Answer answer = tracking.take(header, packet.timestampNs());
        while (!answer.isTaken() && !source.live() && !progress.isStopRequested()) {
            // A file has time: nothing of it is left out.
            tracking.handOver(System.nanoTime());
            doorbell.ring();
            LockSupport.parkNanos(this, ROOM_WAIT_NS);
            answer = tracking.take(header, packet.timestampNs());
        }
        counters.tracked.count(answer);
    }
}
