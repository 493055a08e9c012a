package io.loopscope.standalone.broker;

import java.util.function.Consumer;
import org.apache.kafka.common.utils.Exit;

/** A broker that can't go on, for example because the disk is full, ends the process that it is in. */
public final class BrokerFaults {
    private BrokerFaults() {}

    /**
     * Has it said before the process ends that way; for the whole process.
     *
     * @param teller gets a sentence, on a thread of the broker
     */
    public static void tell(Consumer<String> teller) {
        Exit.Procedure end = (code, message) -> {
            teller.accept("the embedded broker failed" + (message == null ? "" : ": " + message));
            Runtime.getRuntime().halt(code == 0 ? 1 : code);
        };
        Exit.setHaltProcedure(end);
        Exit.setExitProcedure(end);
    }
}
