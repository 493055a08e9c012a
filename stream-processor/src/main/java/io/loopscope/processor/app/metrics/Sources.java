package io.loopscope.processor.app.metrics;

import io.loopscope.processor.streams.Counters;
import io.loopscope.processor.streams.Timings;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the numbers come from. Asked at each scrape, on any thread. */
public interface Sources {

    /** Which build this is. */
    String version();

    /** What was done. */
    Counters counters();

    /** What took how long. */
    Timings timings();

    /** The state that the processor is in, of {@link #states()}. */
    String state();

    /** All states that there are. */
    Iterable<String> states();

    /** It does its work. */
    boolean ready();

    /** What the stores hold; null while they can't be asked. */
    @Nullable StoreView stores();

    /** Records that are not read yet, by partition. */
    Map<Integer, Long> consumerLag();

    /** Records still to be read back. */
    long restoreRemaining();

    /** Records that have been read back. */
    long restored();

    /** Requests answered: the route and the code, and how many. */
    Map<Request, Long> httpRequests();

    /** Requests that are counted together. */
    record Request(String route, int code) {}
}
