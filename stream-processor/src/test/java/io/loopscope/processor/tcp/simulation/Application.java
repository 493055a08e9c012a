package io.loopscope.processor.tcp.simulation;

/** The program that owns the socket: reads what comes, answers it, closes when the peer has closed. */
final class Application {

    private final Kernel kernel;
    private final ApplicationSettings settings;
    private boolean reading = true;

    Application(Kernel kernel, ApplicationSettings settings) {
        this.kernel = kernel;
        this.settings = settings;
    }

    void readable(Tcb tcb) {
        if (!reading || tcb.orphan() || kernel.tcb() != tcb) {
            return;
        }
        boolean data = tcb.receiver.unread() > 0;
        tcb.receiver.consume();
        if (data && settings.answers() > 0) {
            tcb.write(settings.answers());
        }
        if (tcb.receiver.finReceived()) {
            endOfStream(tcb);
        }
    }

    private void endOfStream(Tcb tcb) {
        if (settings.closeAfterEofNanos() == 0) {
            tcb.close();
        } else if (settings.closeAfterEofNanos() > 0) {
            kernel.timeline.at(kernel.timeline.now() + settings.closeAfterEofNanos(), tcb::close);
        }
    }

    void stopReading() {
        reading = false;
    }

    void startReading() {
        reading = true;
        Tcb tcb = kernel.tcb();
        if (tcb != null && !tcb.orphan() && tcb.receiver.unread() > 0) {
            tcb.receiver.read();
            if (tcb.receiver.finReceived()) {
                endOfStream(tcb);
            }
        }
    }
}
