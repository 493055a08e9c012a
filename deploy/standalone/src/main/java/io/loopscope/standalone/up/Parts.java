package io.loopscope.standalone.up;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was started, to be closed in the opposite order. A close from another thread waits until what is being started
 * has started, so that nothing is left open whenever it comes.
 */
final class Parts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Parts.class);

    /** How a part is started. */
    interface Start<T extends AutoCloseable> {
        T start() throws Exception;
    }

    private record Part(String name, AutoCloseable what) {}

    private final Deque<Part> open = new ArrayDeque<>();
    private volatile boolean closing;

    /**
     * Starts a part and remembers to close it.
     *
     * @param name for the log
     * @throws CancellationException when everything has been closed, or is about to be
     */
    synchronized <T extends AutoCloseable> T open(String name, Start<T> start) throws Exception {
        if (closing) {
            throw new CancellationException("stopped before " + name + " was started");
        }
        T part = start.start();
        open.push(new Part(name, part));
        return part;
    }

    /** Whether everything has been closed, or is about to be. */
    boolean isClosing() {
        return closing;
    }

    /** Closes all parts, the last one first; a part that fails to close does not keep the others open. */
    @Override
    public void close() {
        closing = true;
        synchronized (this) {
            while (!open.isEmpty()) {
                var part = open.pop();
                LOG.info("Stopping {}", part.name());
                try {
                    part.what().close();
                } catch (Exception e) {
                    LOG.error("{} did not close as it should", part.name(), e);
                }
            }
        }
    }
}
