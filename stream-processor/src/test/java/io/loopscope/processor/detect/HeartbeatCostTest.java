package io.loopscope.processor.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.tcp.Address;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpFlags;
import io.loopscope.processor.tcp.TcpSettings;
import org.junit.jupiter.api.Test;

class HeartbeatCostTest {
    private static final long START = 1_700_000_000_000_000_000L;
    private static final long SECOND = 1_000_000_000L;
    private static final int FEW = 100;
    private static final int MANY = 40_000;
    private static final int HEARTBEATS = 500;

    private final Step step = new Step();

    /** Work for each connection would make it {@code MANY / FEW} times as long. */
    @Test
    void heartbeatWithNothingDueTakesAsLongWithFourHundredTimesTheConnections() {
        HostMonitor few = host(FEW);
        HostMonitor many = host(MANY);
        long withFew = Long.MAX_VALUE;
        long withMany = Long.MAX_VALUE;
        for (int round = 1; round <= 10; round++) {
            withFew = Math.min(withFew, heartbeats(few, round));
            withMany = Math.min(withMany, heartbeats(many, round));
        }
        assertThat(many.connections()).isEqualTo(MANY);
        assertThat(withMany).isLessThan(withFew * MANY / FEW / 10);
    }

    private long heartbeats(HostMonitor monitor, int round) {
        long before = System.nanoTime();
        for (int i = 0; i < HEARTBEATS; i++) {
            heartbeat(monitor, (long) round * HEARTBEATS + i);
            assertThat(step.changedConnections()).isEmpty();
            step.clear();
        }
        return System.nanoTime() - before;
    }

    private void heartbeat(HostMonitor monitor, long second) {
        monitor.heartbeat(
                new AgentRun("boot", START), START + second * SECOND, SECOND, 0, new CaptureTotals(0, 0), false, step);
    }

    /** All its connections are idle. */
    private HostMonitor host(int connections) {
        HostMonitor monitor = new HostMonitor("host", 0, DetectorSettings.defaults(), TcpSettings.DEFAULT);
        for (int i = 0; i < connections; i++) {
            FourTuple tuple = FourTuple.of(0, Address.LOOPBACK_4, 1, Address.LOOPBACK_4, 2 + i);
            segment(monitor, tuple, Side.HIGH, TcpFlags.SYN, 0, 0);
            segment(monitor, tuple, Side.LOW, TcpFlags.SYN | TcpFlags.ACK, 0, 1);
            segment(monitor, tuple, Side.HIGH, TcpFlags.ACK, 1, 1);
        }
        heartbeat(monitor, 1);
        for (int second = 2; second < 100; second++) {
            heartbeat(monitor, second);
        }
        step.clear();
        return monitor;
    }

    private void segment(HostMonitor monitor, FourTuple tuple, Side sender, int flags, int sequence, int ack) {
        monitor.segment(tuple, Segment.of(sender, START, flags, sequence, ack, 512, 0), step);
    }
}
