package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.TcpState;
import org.jspecify.annotations.Nullable;

/** What is known of a listener, with its census as it was last published. */
public final class ListenerStatus {
    private final Listener listener;
    private final boolean listening;
    private final @Nullable String process;
    private final Census wire;
    private final Census kernel;

    ListenerStatus(Listener listener, boolean listening, @Nullable String process, Census wire, Census kernel) {
        this.listener = listener;
        this.listening = listening;
        this.process = process;
        this.wire = wire;
        this.kernel = kernel;
    }

    /** Address and port. */
    public Listener listener() {
        return listener;
    }

    /** The socket table shows a socket that listens on exactly this address and port. */
    public boolean listening() {
        return listening;
    }

    /** Who listens, as {@code name[pid]}; null when unknown. */
    public @Nullable String process() {
        return process;
    }

    /**
     * How many ends are in a state.
     *
     * @param evidence WIRE: by the segments; KERNEL: by the socket table
     */
    public int count(Role end, TcpState state, Evidence evidence) {
        return (evidence == Evidence.WIRE ? wire : kernel).published(end, state);
    }

    /** Share of the ends known to segments and table of which both say the same, 0 to 1; null when none can be compared. */
    public @Nullable Double agreement() {
        return kernel.publishedRatio();
    }
}
