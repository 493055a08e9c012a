package io.loopscope.systemtests.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.LiveCapture;
import io.loopscope.agent.source.Packet;
import io.loopscope.agent.source.PacketSource;
import io.loopscope.agent.source.PacketSourceContract;
import io.loopscope.agent.testing.Exchange;
import io.loopscope.systemtests.harness.Needs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract, for a live source on the real {@code lo} with real sockets. */
abstract class LiveSourceContract extends PacketSourceContract {
    private static final int IDLES = 100;
    /** For so many waits of 100 ms each, which is how long a source waits by itself. */
    private static final Duration UNBOUNDED = Duration.ofSeconds(10);

    @BeforeAll
    static void needsRoot() {
        Needs.root();
    }

    /** Begins to capture. */
    abstract PacketSource open(LiveCapture settings) throws CaptureException;

    @Override
    protected Scene play() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = listener.getLocalPort();
            PacketSource source = open(new LiveCapture(
                    "", "tcp port " + port, Exchange.SNAP_LENGTH, 4 * 1024 * 1024, Duration.ofMillis(10)));
            long earliest = nanos(Instant.now());
            exchange(listener);
            return new Scene(source, port, earliest, nanos(Instant.now()));
        }
    }

    /** What is due in a few milliseconds is not kept waiting by an interface on which nothing happens. */
    @Test
    void waitsNoLongerThanItsCallerCan() throws Exception {
        try (PacketSource source = play().source()) {
            Packet packet = new Packet();
            source.waitAtMost(1);
            long began = System.nanoTime();
            for (int idle = 0; idle < IDLES; ) {
                idle += source.next(packet) == PacketSource.Next.IDLE ? 1 : 0;
            }
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(UNBOUNDED.dividedBy(2));
        }
    }

    /** The same conversation as the packets of {@link Exchange}. */
    private static void exchange(ServerSocket listener) throws IOException {
        try (Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort());
                Socket server = listener.accept()) {
            client.getOutputStream().write(new byte[Exchange.REQUEST]);
            server.getInputStream().readNBytes(Exchange.REQUEST);
            server.getOutputStream().write(new byte[Exchange.RESPONSE]);
            client.getInputStream().readNBytes(Exchange.RESPONSE);
            client.shutdownOutput();
            server.getInputStream().readAllBytes();
            server.shutdownOutput();
            client.getInputStream().readAllBytes();
        }
    }

    private static long nanos(Instant time) {
        return time.getEpochSecond() * 1_000_000_000L + time.getNano();
    }
}
