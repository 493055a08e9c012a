package io.loopscope.agent.source;

import io.loopscope.agent.parse.LinkType;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A live source that plays what a test tells it, and is idle in between. */
public final class ScriptedSource implements PacketSource {
    private static final long WAIT_MS = 5;

    private sealed interface Step {}

    private record Captured(ByteBuffer rawIp, long timeNs) implements Step {}

    private record CaughtUp(long timeNs) implements Step {}

    private record Broken(CaptureException failure) implements Step {}

    private final BlockingQueue<Step> script = new LinkedBlockingQueue<>();
    private final AtomicLong delivered = new AtomicLong();
    private long caughtUpToNs = Long.MIN_VALUE;
    private final AtomicLong kernelDropped = new AtomicLong();
    private final AtomicLong freezes = new AtomicLong();

    /** A packet of raw IP. */
    public void packet(byte[] rawIp, long timeNs) {
        script.add(new Captured(ByteBuffer.wrap(rawIp), timeNs));
    }

    /** Idle, and all up to this time has been delivered. */
    public void caughtUp(long timeNs) {
        script.add(new CaughtUp(timeNs));
    }

    /** The kernel has dropped so many packets more. */
    public void drop(long packets) {
        kernelDropped.addAndGet(packets);
    }

    /** Its buffer was full once more. */
    public void freeze() {
        freezes.incrementAndGet();
    }

    /** The capture breaks. */
    public void breakWith(String message) {
        script.add(new Broken(PcapFailures.broken("capturing", new IllegalStateException(message))));
    }

    @Override
    public Next next(Packet packet) throws CaptureException {
        Step step = poll();
        if (step instanceof Captured captured) {
            int length = captured.rawIp().capacity();
            packet.setData(captured.rawIp(), 0, length, length);
            packet.setOrigin(LinkType.RAW, 0, captured.timeNs());
            delivered.incrementAndGet();
            return Next.PACKET;
        }
        if (step instanceof Broken broken) {
            throw broken.failure();
        }
        if (step instanceof CaughtUp caughtUp) {
            caughtUpToNs = caughtUp.timeNs();
        }
        return Next.IDLE;
    }

    private @Nullable Step poll() {
        try {
            return script.poll(WAIT_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void wakeUp() {
        script.add(new CaughtUp(caughtUpToNs));
    }

    @Override
    public SourceStatistics statistics() {
        return new SourceStatistics(delivered.get(), kernelDropped.get(), 0, freezes.get());
    }

    @Override
    public List<String> interfaces() {
        return List.of("script0");
    }

    @Override
    public boolean live() {
        return true;
    }

    @Override
    public long caughtUpToNs() {
        return caughtUpToNs;
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
