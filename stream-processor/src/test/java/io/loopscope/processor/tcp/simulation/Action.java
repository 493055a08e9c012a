package io.loopscope.processor.tcp.simulation;

import io.loopscope.processor.tcp.Side;

/**
 * Something a program or a machine does.
 *
 * @param atNanos relative to the start of the run
 * @param octets for the verbs that write, else 0
 */
record Action(long atNanos, Side side, Verb verb, int octets) {

    enum Verb {
        /** connect(); with octets: data for Fast Open. */
        OPEN,
        LISTEN,
        STOP_LISTENING,
        SEND,
        /** Data and FIN together: write() and close() on a corked socket. */
        SEND_AND_CLOSE,
        SHUTDOWN,
        CLOSE,
        /** close() with linger 0. */
        ABORT,
        /** The socket disappears; its host answers later segments with RST. */
        VANISH,
        /** The host disappears. */
        CRASH,
        REBOOT,
        STOP_READING,
        START_READING
    }

    void on(Kernel kernel) {
        Tcb tcb = kernel.tcb();
        switch (verb) {
            case OPEN -> kernel.connect(octets);
            case LISTEN -> kernel.listen(true);
            case STOP_LISTENING -> kernel.listen(false);
            case CRASH -> kernel.crash();
            case REBOOT -> kernel.reboot();
            case STOP_READING -> kernel.application.stopReading();
            case START_READING -> kernel.application.startReading();
            default -> {
                if (tcb != null) {
                    onSocket(tcb);
                }
            }
        }
    }

    private void onSocket(Tcb tcb) {
        switch (verb) {
            case SEND -> tcb.write(octets);
            case SEND_AND_CLOSE -> tcb.writeAndClose(octets);
            case SHUTDOWN -> tcb.shutdown();
            case CLOSE -> tcb.close();
            case ABORT -> tcb.abort();
            case VANISH -> tcb.vanish(Unobservable.VANISHED);
            default -> throw new IllegalStateException("not for a socket: " + verb);
        }
    }

    @Override
    public String toString() {
        return "%.6f s %s %s%s".formatted(atNanos / 1e9, side, verb, octets > 0 ? " " + octets : "");
    }
}
