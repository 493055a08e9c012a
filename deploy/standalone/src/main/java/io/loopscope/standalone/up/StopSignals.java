package io.loopscope.standalone.up;

import io.loopscope.settings.ExitCode;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ctrl-C and SIGTERM are the planned way to end: everything is closed in order, and the exit code is 0, not the 130 or
 * 143 of a process that a signal has killed.
 */
final class StopSignals {
    private static final Logger LOG = LoggerFactory.getLogger(StopSignals.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Parts parts;
    private final Screen screen;
    private volatile boolean ignored;

    private StopSignals(Parts parts, Screen screen) {
        this.parts = parts;
        this.screen = screen;
    }

    static StopSignals listen(Parts parts, Screen screen) {
        var signals = new StopSignals(parts, screen);
        Runtime.getRuntime().addShutdownHook(new Thread(signals::stop, "stop"));
        return signals;
    }

    /** Everything is closed already, and the process ends with an exit code of its own. */
    void ignore() {
        ignored = true;
    }

    private void stop() {
        if (ignored) {
            return;
        }
        tell("Stopping…");
        var closer = new Thread(parts::close, "close");
        closer.start();
        try {
            closer.join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (closer.isAlive()) {
            LOG.error("Not everything stopped within {} s; ending all the same", PATIENCE.toSeconds());
            Runtime.getRuntime().halt(ExitCode.FAILURE);
        }
        tell("Stopped.");
        Runtime.getRuntime().halt(ExitCode.OK);
    }

    private void tell(String line) {
        try {
            screen.tell(line);
        } catch (IOException e) {
            LOG.debug("Nobody reads standard output", e);
        }
    }
}
