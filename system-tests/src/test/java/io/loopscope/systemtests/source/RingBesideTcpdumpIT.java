package io.loopscope.systemtests.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.source.CaptureMethod;
import io.loopscope.agent.source.LiveCapture;
import io.loopscope.agent.source.PacketSource;
import io.loopscope.agent.source.RingSource;
import io.loopscope.systemtests.harness.FourTuple;
import io.loopscope.systemtests.harness.Needs;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.Tcpdump;
import io.loopscope.systemtests.harness.WireSegment;
import io.loopscope.systemtests.kernel.Namespace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The ring and tcpdump beside each other on the same {@code lo}, in a namespace where nothing else happens: both see the
 * same packets, with the same addresses, ports, flags, numbers, windows and lengths, while the ring is filled many times
 * over.
 *
 * <p>Their times differ by a microsecond or a few: each tap has its own copy of a packet and stamps that, one after the
 * other. When the kernel is interrupted in between they differ by more.
 */
class RingBesideTcpdumpIT {
    private static final int RING_OCTETS = 512 * 1024;
    private static final int BLOCK_OCTETS = 16 * 1024;
    private static final int ROUNDS = 40;
    private static final int CONNECTIONS = 2;
    /** More of them would fill the ring before it is read on a busy machine. */
    private static final int QUESTIONS = 200;

    private static final int SHORT = 3_000;
    private static final int LONG = 100_000;
    /** Of all packets but one in a hundred, and of all. */
    private static final long MOSTLY_MICROS = 100;

    private static final long ALWAYS_MICROS = 100_000;

    private static final Comparator<WireSegment> BY_CONTENT = Comparator.comparing(
                    (WireSegment segment) -> segment.withoutTime().toString())
            .thenComparing(WireSegment::timeMicros);

    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    private @Nullable Namespace namespace;

    @BeforeEach
    void enter() {
        Needs.root();
        Needs.programs("tcpdump", "ip");
        namespace = Namespace.enter();
    }

    @AfterEach
    void leave() {
        if (namespace != null) {
            namespace.close();
        }
    }

    @Test
    void theSamePacketsOfIpv4() throws Exception {
        bothSeeTheSame(FourTuple.loopback(0));
    }

    @Test
    void theSamePacketsOfIpv6() throws Exception {
        bothSeeTheSame(FourTuple.loopback6(0));
    }

    private void bothSeeTheSame(InetSocketAddress address) throws Exception {
        List<WireSegment> ours = new ArrayList<>();
        List<WireSegment> theirs = new ArrayList<>();
        try (ServerSocket listener = new ServerSocket()) {
            listener.bind(address);
            Tcpdump tcpdump = Tcpdump.start(PROCESSES, listener.getLocalPort());
            try (PacketSource source = RingSource.open(new LiveCapture(
                            "",
                            LiveCapture.TCP_FILTER,
                            128,
                            RING_OCTETS,
                            Duration.ofMillis(10),
                            CaptureMethod.RING,
                            BLOCK_OCTETS));
                    Watching watching = new Watching(source)) {
                for (int i = 0; i < ROUNDS; i++) {
                    burst(listener, watching);
                }
                ours.addAll(watching.stop());
                assertThat(source.statistics().kernelDropped()).isZero();
                assertThat(source.statistics().delivered()).isEqualTo(ours.size());
            }
            tcpdump.stop();
            tcpdump.read(theirs::add);
        }
        assertThat(ours.size())
                .as("packets, of which each takes some 200 octets of the ring")
                .isGreaterThan(ROUNDS * CONNECTIONS * QUESTIONS * 2);
        // Two CPUs may hand their packets to two taps in another order.
        ours.sort(BY_CONTENT);
        theirs.sort(BY_CONTENT);
        assertThat(withoutTimes(ours)).isEqualTo(withoutTimes(theirs));
        long[] apart = IntStream.range(0, ours.size())
                .mapToLong(
                        i -> Math.abs(ours.get(i).timeMicros() - theirs.get(i).timeMicros()))
                .sorted()
                .toArray();
        assertThat(apart[apart.length * 99 / 100]).isLessThan(MOSTLY_MICROS);
        assertThat(apart[apart.length - 1]).isLessThan(ALWAYS_MICROS);
    }

    private static List<WireSegment> withoutTimes(List<WireSegment> segments) {
        return segments.stream().map(WireSegment::withoutTime).toList();
    }

    /** Several connections at once, each with its own client and server. */
    private static void burst(ServerSocket listener, Watching watching) throws Exception {
        List<Thread> clients = new ArrayList<>();
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort());
            Socket server = listener.accept();
            Random random = new Random(i);
            clients.add(start(() -> converse(client, random), failures));
            clients.add(start(() -> echo(server), failures));
        }
        for (Thread each : clients) {
            each.join();
        }
        assertThat(failures).isEmpty();
        watching.awaitRest();
    }

    private static Thread start(Callable<?> action, List<Throwable> failures) {
        Thread thread = new Thread(() -> {
            try {
                action.call();
            } catch (Exception e) {
                failures.add(e);
            }
        });
        thread.start();
        return thread;
    }

    /** Short questions, each answered before the next, and a long one that is cut into segments of any size. */
    private static boolean converse(Socket client, Random random) throws IOException {
        try (client) {
            client.setTcpNoDelay(true);
            for (int i = 0; i <= QUESTIONS; i++) {
                int length = i == QUESTIONS ? LONG : 1 + random.nextInt(SHORT);
                client.getOutputStream().write(new byte[length]);
                assertThat(client.getInputStream().readNBytes(length)).hasSize(length);
            }
            return true;
        }
    }

    private static long echo(Socket server) throws IOException {
        try (server) {
            server.setTcpNoDelay(true);
            return server.getInputStream().transferTo(server.getOutputStream());
        }
    }
}
