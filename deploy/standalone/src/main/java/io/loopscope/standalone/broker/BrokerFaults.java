package io.loopscope.standalone.broker;

import java.util.function.Consumer;
import org.apache.kafka.common.utils.Exit;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka broker that can't go on, for example because its disk is full, ends the process that it is in, and so does
 * one that can't start. In somebody else's process the first has to be told, and the second must be an exception.
 */
public final class BrokerFaults {
    private static final ThreadLocal<Boolean> STARTING = ThreadLocal.withInitial(() -> false);
    private static volatile Consumer<String> listener = message -> {};

    static {
        Exit.setHaltProcedure(BrokerFaults::end);
        Exit.setExitProcedure(BrokerFaults::end);
    }

    /** A broker wanted to end the process instead of starting. */
    static final class StartFault extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StartFault(@Nullable String message) {
            super(message == null ? "it gave no reason" : message);
        }
    }

    private BrokerFaults() {}

    /**
     * Tells that a broker has failed, just before the process ends; for all brokers of the process.
     *
     * @param teller gets a sentence, on a thread of the broker
     */
    public static void tell(Consumer<String> teller) {
        listener = teller;
    }

    /** Starts a broker; where it would end the process it throws {@link StartFault} instead. */
    static void guard(Runnable start) {
        STARTING.set(true);
        try {
            start.run();
        } finally {
            STARTING.remove();
        }
    }

    private static void end(int code, @Nullable String message) {
        if (STARTING.get()) {
            throw new StartFault(message);
        }
        listener.accept("the embedded broker failed" + (message == null ? "" : ": " + message));
        Runtime.getRuntime().halt(code == 0 ? 1 : code);
    }
}
