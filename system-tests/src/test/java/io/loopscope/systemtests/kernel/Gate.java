package io.loopscope.systemtests.kernel;

import io.loopscope.systemtests.harness.FourTuple;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;

/**
 * A queue on {@code lo} that holds back what is sent, until it is told to let so many octets pass. Plain loopback delivers
 * while it sends, so that nothing ever crosses. It is a {@code tbf}: tokens for one octet a second, which is as good as
 * none, and a bucket that is filled by changing its size.
 */
final class Gate implements AutoCloseable {
    /** A segment without text, with timestamps: Ethernet 14, IP 20, TCP 32. */
    static final int BARE_SEGMENT = 66;
    /** A SYN with Linux's options: Ethernet 14, IP 20, TCP 40. */
    static final int SYN_SEGMENT = 74;

    private static final int UDP_HEADERS = 42;
    private static final int BUCKET = 200;

    private final DatagramSocket filler;

    private Gate(DatagramSocket filler) {
        this.filler = filler;
    }

    /** Lets nothing pass from now on. */
    static Gate shut() throws IOException {
        Gate gate = new Gate(new DatagramSocket(FourTuple.loopback(0)));
        qdisc("add", "8bit", BUCKET);
        gate.datagram(BUCKET - UDP_HEADERS); // Takes all tokens.
        return gate;
    }

    /** Lets so many octets pass that wait already; with whole segments only. */
    void pass(int octets) throws IOException {
        qdisc("change", "8bit", octets);
        datagram(1); // Makes the queue look at its tokens. It has to wait itself.
    }

    /** Lets everything pass from now on. */
    void open() throws IOException {
        qdisc("change", "1gbit", 1_000_000);
        datagram(1);
    }

    private static void qdisc(String verb, String rate, int bucket) {
        Namespace.run(
                "tc",
                "qdisc",
                verb,
                "dev",
                "lo",
                "root",
                "tbf",
                "rate",
                rate,
                "burst",
                bucket + "b",
                "limit",
                "1000000");
    }

    private void datagram(int octets) throws IOException {
        filler.send(new DatagramPacket(new byte[octets], octets, filler.getLocalSocketAddress()));
    }

    @Override
    public void close() {
        filler.close();
    }
}
