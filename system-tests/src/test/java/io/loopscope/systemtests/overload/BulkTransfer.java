package io.loopscope.systemtests.overload;

import io.loopscope.systemtests.harness.FourTuple;
import io.loopscope.systemtests.harness.LoopbackPair;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/** A load: one connection on {@code lo} over which the client sends plain data without an end. */
final class BulkTransfer implements AutoCloseable {
    /** Some segments of the largest size, of which Linux acknowledges every second one. */
    private static final int OCTETS = 262_144;

    private static final long PAUSE_NS = 2_000_000;

    private final LoopbackPair pair;
    private final Thread sending = new Thread(this::send, "bulk-client");
    private final Thread receiving = new Thread(this::receive, "bulk-server");
    private volatile boolean stopping;
    private volatile IOException failure;

    private BulkTransfer(LoopbackPair pair) {
        this.pair = pair;
    }

    static BulkTransfer start() throws IOException {
        BulkTransfer transfer = new BulkTransfer(LoopbackPair.open());
        transfer.receiving.start();
        transfer.sending.start();
        return transfer;
    }

    FourTuple tuple() {
        return pair.tuple();
    }

    private void send() {
        byte[] octets = new byte[OCTETS];
        try {
            while (!stopping) {
                pair.client().getOutputStream().write(octets);
                LockSupport.parkNanos(PAUSE_NS);
            }
            pair.client().shutdownOutput();
        } catch (IOException e) {
            failure = e;
        }
    }

    private void receive() {
        byte[] octets = new byte[OCTETS];
        try {
            while (pair.server().getInputStream().read(octets) >= 0) {
                // Thrown away.
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    /** Sends no more, and closes both ends. */
    @Override
    public void close() throws IOException {
        stopping = true;
        try {
            sending.join();
            receiving.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        pair.close();
        if (failure != null) {
            throw failure;
        }
    }
}
