package io.loopscope.standalone.analyze;

import io.loopscope.processor.detect.DetectorSettings.Limits;
import io.loopscope.processor.tcp.TcpSettings;
import java.time.Duration;

/**
 * What is different when a file is read. A file says what its packets prove: nobody is taken for gone because the capture
 * went on without him, and a late segment belongs to its connection however late it is. Memory is bounded by the number
 * of connections, not by time.
 */
final class Offline {
    private static final Duration NEVER = Duration.ofDays(10_000);

    static final TcpSettings TCP =
            new TcpSettings(TcpSettings.OFFLINE.timeWait(), NEVER, TcpSettings.OFFLINE.resetDoubt(), NEVER, false);

    static final Limits LIMITS = limits(Limits.defaults());

    private Offline() {}

    private static Limits limits(Limits live) {
        return new Limits(
                live.maxConnections(),
                live.maxHandshakes(),
                live.maxListeners(),
                NEVER,
                live.idleAfter(),
                NEVER,
                live.examples(),
                live.holdEvent(),
                live.captureRecovered(),
                live.agentLost());
    }
}
