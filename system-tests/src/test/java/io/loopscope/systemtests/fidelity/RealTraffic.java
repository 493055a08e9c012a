package io.loopscope.systemtests.fidelity;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.loopscope.systemtests.harness.FourTuple;
import io.loopscope.systemtests.harness.LoopbackPair;
import io.loopscope.systemtests.harness.ShortConnections;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** Connections on {@code lo} that live and end in many ways, with much plain data in between. */
final class RealTraffic implements AutoCloseable {
    private static final int SHORT_ONES = 60;
    /** So many refusals are an anomaly. */
    private static final int REFUSALS = 6;

    private static final int MORE_THAN_BUFFERS = 32 << 20;
    private static final Duration STREAMED = Duration.ofSeconds(3);

    private final Set<Integer> serverPorts = new HashSet<>();
    private final LoopbackPair leak = opened();
    private final LoopbackPair stalled = opened();
    private final Thread sending = new Thread(this::send, "stalled-client");

    RealTraffic() throws IOException {
        // Both are in trouble from the start, and meanwhile the others live.
        leak.exchange(1_000);
        leak.client().close();
        sending.start();
    }

    /** Of all that took part. */
    Set<Integer> serverPorts() {
        return Set.copyOf(serverPorts);
    }

    /** Where the server does not close. */
    FourTuple leak() {
        return leak.tuple();
    }

    /** Where the server does not read. */
    FourTuple stalled() {
        return stalled.tuple();
    }

    private LoopbackPair opened() throws IOException {
        return noted(LoopbackPair.open());
    }

    private LoopbackPair noted(LoopbackPair pair) {
        serverPorts.add(pair.tuple().server().getPort());
        return pair;
    }

    /** All that comes to an end by itself. */
    void play() throws IOException, InterruptedException {
        ends();
        refusals();
        try (ShortConnections load = ShortConnections.start(SHORT_ONES)) {
            serverPorts.add(load.port());
            streams();
            load.await(SHORT_ONES);
            load.stop();
        }
    }

    private void ends() throws IOException {
        try (LoopbackPair pair = opened()) {
            for (int i = 0; i < 300; i++) {
                pair.exchange(100);
            }
            pair.client().close();
            pair.server().close();
        }
        try (LoopbackPair pair = noted(LoopbackPair.open6())) {
            pair.exchange(2_000_000);
            pair.server().close();
            pair.client().close();
        }
        LoopbackPair aborted = opened();
        try (aborted) {
            aborted.exchange(300_000);
            LoopbackPair.abort(aborted.client());
        }
        try (LoopbackPair again = LoopbackPair.again(aborted.tuple())) {
            again.exchange(300_000);
            LoopbackPair.abort(again.server());
        }
    }

    private void refusals() throws IOException {
        int port;
        try (ServerSocket listener = new ServerSocket()) {
            listener.bind(FourTuple.loopback(0));
            port = listener.getLocalPort();
        }
        serverPorts.add(port);
        for (int i = 0; i < REFUSALS; i++) {
            try (Socket client = new Socket()) {
                assertThatThrownBy(() -> client.connect(FourTuple.loopback(port)))
                        .isInstanceOf(ConnectException.class);
            }
        }
    }

    private void streams() throws IOException {
        try (LoopbackPair pair = opened()) {
            pair.client().shutdownOutput();
            long end = System.nanoTime() + STREAMED.toNanos();
            while (System.nanoTime() - end < 0) { // The time is what is tested.
                LoopbackPair.send(pair.server(), pair.client(), 10_000);
                LockSupport.parkNanos(5_000_000);
            }
        }
    }

    private void send() {
        try {
            stalled.client().getOutputStream().write(new byte[MORE_THAN_BUFFERS]);
        } catch (IOException e) { // The reader finds that too little has come.
            throw new UncheckedIOException(e);
        }
    }

    /** What is in trouble comes to a good end. */
    void repair() throws IOException, InterruptedException {
        int read = stalled.server().getInputStream().readNBytes(MORE_THAN_BUFFERS).length;
        if (read != MORE_THAN_BUFFERS) {
            throw new IOException("of what the client sent, " + read + " octets came");
        }
        sending.join();
        stalled.client().close();
        stalled.server().close();
        leak.server().close();
    }

    @Override
    public void close() throws IOException {
        leak.close();
        stalled.close();
    }
}
