package io.loopscope.benchmarks;

import static io.loopscope.processor.tcp.Side.HIGH;
import static io.loopscope.processor.tcp.Side.LOW;
import static io.loopscope.processor.tcp.TcpFlags.ACK;
import static io.loopscope.processor.tcp.TcpFlags.FIN;
import static io.loopscope.processor.tcp.TcpFlags.PSH;
import static io.loopscope.processor.tcp.TcpFlags.SYN;

import io.loopscope.processor.tcp.Address;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Options;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.Side;
import java.util.ArrayList;
import java.util.List;

/**
 * Segments as two Linux endpoints on loopback exchange them: the server is {@link Side#LOW}, every segment carries
 * timestamps, a request of 100 octets is answered by 1000, and the client acknowledges the answer with its next request
 * or its FIN.
 */
final class Exchanges {
    /** Segments that {@link #open} makes. */
    static final int OPEN = 3;
    /** Segments that {@link #request} makes. */
    static final int REQUEST = 3;
    /** Segments that {@link #close} makes. */
    static final int CLOSE = 3;

    private static final long START = 1_700_000_000_000_000_000L;
    private static final long STEP_NANOS = 20_000;
    private static final int SERVER_PORT = 3306;
    private static final int WINDOW = 512;
    private static final int REQUEST_OCTETS = 100;
    private static final int ANSWER_OCTETS = 1000;
    private static final Options SYN_OPTIONS = new Options(65495, 7, true, true, 1, 0);

    private final List<Segment> segments = new ArrayList<>();
    private long timeNanos;
    private int client = 1_000;
    private int server = 2_000_000;

    /** @param startNanos time of the first segment, after a common beginning of all */
    Exchanges(long startNanos) {
        timeNanos = START + startNanos;
    }

    /** A connection from its handshake to its close. */
    static Segment[] whole(long startNanos, int requests) {
        Exchanges exchanges = new Exchanges(startNanos).open();
        for (int i = 0; i < requests; i++) {
            exchanges.request();
        }
        return exchanges.close().segments();
    }

    /** The n-th connection of a host to one server port. */
    static FourTuple tuple(int n) {
        Address client = new Address(0, Address.LOOPBACK_4.low() + (n >>> 14));
        return FourTuple.of(0, Address.LOOPBACK_4, SERVER_PORT, client, 32_768 + (n & 0x3FFF));
    }

    Exchanges open() {
        send(HIGH, SYN, 0, SYN_OPTIONS);
        client++;
        send(LOW, SYN | ACK, 0, SYN_OPTIONS);
        server++;
        return ack(HIGH);
    }

    Exchanges request() {
        data(HIGH, REQUEST_OCTETS);
        ack(LOW);
        return data(LOW, ANSWER_OCTETS);
    }

    /** The client closes first, the server at once: three segments. */
    Exchanges close() {
        send(HIGH, FIN | ACK, 0, timestamps());
        client++;
        send(LOW, FIN | ACK, 0, timestamps());
        server++;
        return ack(HIGH);
    }

    Segment[] segments() {
        return segments.toArray(Segment[]::new);
    }

    private Exchanges ack(Side sender) {
        send(sender, ACK, 0, timestamps());
        return this;
    }

    private Exchanges data(Side sender, int octets) {
        send(sender, PSH | ACK, octets, timestamps());
        if (sender == HIGH) {
            client += octets;
        } else {
            server += octets;
        }
        return this;
    }

    private Options timestamps() {
        int milliseconds = (int) (timeNanos / 1_000_000);
        return Options.timestamps(milliseconds, milliseconds);
    }

    private void send(Side sender, int flags, int octets, Options options) {
        timeNanos += STEP_NANOS;
        int sequence = sender == HIGH ? client : server;
        int acknowledgment = sender == HIGH ? server : client;
        segments.add(Segment.of(sender, timeNanos, flags, sequence, acknowledgment, WINDOW, octets)
                .with(options));
    }
}
