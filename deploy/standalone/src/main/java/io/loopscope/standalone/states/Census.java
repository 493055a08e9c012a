package io.loopscope.standalone.states;

import io.loopscope.standalone.states.WireCensus.Wire;
import java.util.Optional;

/** Where the wire's counts come from. */
interface Census extends AutoCloseable {
    /** No Kafka was named. */
    Census NONE = new Census() {
        @Override
        public Optional<Wire> read() {
            return Optional.empty();
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    };

    /** What is counted now; empty when there is no count. */
    Optional<Wire> read();

    @Override
    void close();
}
