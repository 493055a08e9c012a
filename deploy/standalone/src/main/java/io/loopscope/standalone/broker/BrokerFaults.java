package io.loopscope.standalone.broker;

import io.loopscope.settings.ExitCode;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.utils.Exit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka broker that can't go on, for example because its disk is full, ends the process that it is in, and so does
 * one that can't start. In somebody else's process the first has to be told, and the second must be an exception.
 */
public final class BrokerFaults {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerFaults.class);
    private static final ThreadLocal<Boolean> STARTING = ThreadLocal.withInitial(() -> false);
    private static volatile ToIntFunction<String> listener = message -> ExitCode.FAILURE;

    static {
        Exit.setHaltProcedure(BrokerFaults::end);
        Exit.setExitProcedure(BrokerFaults::end);
        Exit.setShutdownHookAdder(BrokerFaults::addShutdownHook);
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
     * @param teller gets a sentence, on a thread of the broker, and returns the exit code
     */
    public static void tell(ToIntFunction<String> teller) {
        listener = teller;
    }

    /** Starts a broker; where it would end the process it throws {@link StartFault} instead. */
    static <T> T guard(Supplier<T> start) {
        STARTING.set(true);
        try {
            return start.get();
        } finally {
            STARTING.remove();
        }
    }

    /** A signal may come while a broker is starting, whose hooks are then of no use any more: it will be closed. */
    private static void addShutdownHook(@Nullable String name, Runnable hook) {
        try {
            Runtime.getRuntime().addShutdownHook(name == null ? new Thread(hook) : new Thread(hook, name));
        } catch (IllegalStateException stopping) {
            LOG.debug("Stopping already: no hook {}", name);
        }
    }

    private static void end(int ignored, @Nullable String message) {
        if (STARTING.get()) {
            throw new StartFault(message);
        }
        String what = "the embedded broker failed" + (message == null ? "" : ": " + message);
        Runtime.getRuntime().halt(listener.applyAsInt(what));
    }
}
