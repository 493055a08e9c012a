package io.loopscope.processor.app;

import io.loopscope.settings.ExitCode;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * SIGTERM and SIGINT: a signal is a planned stop, and a planned stop is a success. Java alone would make 143 or 130 of it.
 * To be made before the processor is, which may wait for Kafka for a minute.
 */
final class StopSignal {
    /** A start that is interrupted ends within this, or the process ends without it. */
    private static final long PATIENCE_SECONDS = 5;

    private final Thread starting = Thread.currentThread();
    private final CountDownLatch started = new CountDownLatch(1);
    private volatile @Nullable Processor processor;

    private StopSignal() {}

    /** From now on a signal ends this process with exit code 0. For the thread that is about to start a processor. */
    static StopSignal listen() {
        StopSignal signal = new StopSignal();
        Runtime.getRuntime().addShutdownHook(new Thread(signal::stop, "loopscope-stop"));
        return signal;
    }

    /** The processor has started, or, when null, did not: its failure is about to end the process. */
    void started(@Nullable Processor made) {
        processor = made;
        started.countDown();
    }

    private void stop() {
        boolean early = started.getCount() > 0;
        if (early) {
            starting.interrupt(); // It may wait for Kafka. Once it has started it is closed, and waits for that.
        }
        boolean waiting = !isStarted();
        Processor running = processor;
        if (running == null) {
            if (waiting) {
                Runtime.getRuntime().halt(ExitCode.OK);
            }
            return; // It is the main thread that ends the process.
        }
        if (early || !running.hasStopped()) {
            running.close();
            Runtime.getRuntime().halt(running.failure().isPresent() ? ExitCode.FAILURE : ExitCode.OK);
        }
    }

    private boolean isStarted() {
        if (started.getCount() == 0) {
            return true;
        }
        try {
            // What is being started is closed rather than torn off, if it gets that far.
            return started.await(PATIENCE_SECONDS, TimeUnit.SECONDS) && processor != null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
