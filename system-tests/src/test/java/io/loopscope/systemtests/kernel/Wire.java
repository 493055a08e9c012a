package io.loopscope.systemtests.kernel;

import io.loopscope.agent.source.CaptureException;
import io.loopscope.processor.tcp.Address;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Side;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What was captured on {@code lo}, run through the TCP core by the thread that asks. */
final class Wire implements AutoCloseable {
    private static final long NO_NAMESPACE = 0;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final Tap tap;
    private final Map<FourTuple, Watched> watched = new LinkedHashMap<>();

    private Wire(Tap tap) {
        this.tap = tap;
    }

    /** Sees every packet from now on. */
    static Wire tapped() throws CaptureException {
        return new Wire(Tap.open());
    }

    /** Everything that was on the wire before this call is applied when it returns, and the wire is at rest. */
    void catchUp() {
        Instant now = Instant.now();
        long nowNanos = now.getEpochSecond() * NANOS_PER_SECOND + now.getNano();
        long until = Long.MIN_VALUE;
        while (until < nowNanos) {
            Tap.Seen seen = tap.next();
            if (seen instanceof Tap.Captured captured) {
                watched.computeIfAbsent(captured.tuple(), Watched::new).apply(captured.segment());
            } else if (seen instanceof Tap.Rest rest) {
                until = rest.untilNanos();
            }
        }
        for (Watched each : watched.values()) {
            each.at(until);
        }
    }

    /** What was seen of a connection so far: nothing, perhaps. */
    Watched watched(InetSocketAddress client, InetSocketAddress server) {
        FourTuple tuple = FourTuple.of(
                NO_NAMESPACE,
                Address.of(client.getAddress()),
                client.getPort(),
                Address.of(server.getAddress()),
                server.getPort());
        return watched.computeIfAbsent(tuple, Watched::new);
    }

    /** Which side of a connection the end at this address is. */
    static Side side(InetSocketAddress end, InetSocketAddress peer) {
        return FourTuple.side(
                Address.of(end.getAddress()), end.getPort(), Address.of(peer.getAddress()), peer.getPort());
    }

    /** All segments with what they changed, by connection. */
    String report() {
        return watched.values().stream().map(Watched::report).collect(Collectors.joining("\n"));
    }

    @Override
    public void close() {
        tap.close();
    }
}
