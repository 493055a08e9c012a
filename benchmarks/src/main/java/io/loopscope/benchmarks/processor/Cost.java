package io.loopscope.benchmarks.processor;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.function.LongSupplier;

/** CPU time of this process per item: of all from its start on, and of the last half, when it is warm. */
public final class Cost {
    private static final long POLL_MS = 20;

    private final String name;
    private final long items;
    private long halfNanos;
    private long halfItems;
    private long halfCpuNanos;
    private JvmThreads halfThreads = new JvmThreads(0, 0);

    /**
     * A measurement that begins now.
     *
     * @param name of the contestant
     * @param items how many there are
     */
    public Cost(String name, long items) {
        this.name = name;
        this.items = items;
    }

    /** Tells how many items are done; often. */
    public void done(long soFar) {
        if (halfNanos == 0 && soFar >= items / 2) {
            halfNanos = System.nanoTime();
            halfItems = soFar;
            halfCpuNanos = cpuNanos();
            halfThreads = JvmThreads.now();
        }
    }

    /** Waits until all items are done. */
    void await(LongSupplier done, LongSupplier failed) throws InterruptedException {
        for (long soFar = done.getAsLong(); soFar < items; soFar = done.getAsLong()) {
            if (failed.getAsLong() != 0) {
                throw new IllegalStateException(name + " failed after " + soFar + " of " + items);
            }
            done(soFar);
            Thread.sleep(POLL_MS);
        }
    }

    /** Prints a line; call it when all are done. */
    public void print() {
        long cpu = cpuNanos();
        long steady = items - halfItems;
        double perItem = (cpu - halfCpuNanos) / 1e3 / steady;
        JvmThreads threads = JvmThreads.now().since(halfThreads);
        System.out.printf(
                Locale.ROOT,
                "%-28s %10d items  steady %6.3f us/item (compiler %.3f, collector %.3f)  %9.0f items/s a core  "
                        + "%9.0f items/s wall   all %6.3f us/item%n",
                name,
                items,
                perItem,
                threads.compilerSeconds() * 1e6 / steady,
                threads.collectorSeconds() * 1e6 / steady,
                1e6 / perItem,
                steady * 1e9 / (System.nanoTime() - halfNanos),
                cpu / 1e3 / items);
    }

    static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
