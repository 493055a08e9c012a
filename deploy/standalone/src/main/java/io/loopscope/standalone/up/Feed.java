package io.loopscope.standalone.up;

import io.loopscope.standalone.observe.EventReader;
import io.loopscope.standalone.observe.Item;
import io.loopscope.standalone.observe.Renderer;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows what comes back from Kafka: what every other consumer sees too. A person reads no more than so many lines a
 * second; the events above that are counted, anomalies never are.
 */
final class Feed implements AutoCloseable, EventReader.Sink {
    private static final Logger LOG = LoggerFactory.getLogger(Feed.class);
    private static final int EVENTS_PER_SECOND = 100;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final EventReader reader;
    private final Screen screen;
    private final Renderer renderer;
    private final boolean quiet;
    private final Runnable failed;
    private final Thread thread = new Thread(this::run, "feed");
    private long secondBegan = System.nanoTime();
    private int shown;
    private long left;
    /** Connection events of other ports are counted and not shown; 0 for none. */
    private volatile int onlyPort;

    private long otherPorts;

    private Feed(EventReader reader, Screen screen, Renderer renderer, boolean quiet, Runnable failed) {
        this.reader = reader;
        this.screen = screen;
        this.renderer = renderer;
        this.quiet = quiet;
        this.failed = failed;
    }

    /**
     * Starts with what comes next.
     *
     * @param reader is closed with the feed
     * @param quiet only anomalies and what could not be used
     * @param failed called when nothing can be shown any more
     */
    static Feed start(EventReader reader, Screen screen, Renderer renderer, boolean quiet, Runnable failed) {
        reader.seekToEnd();
        var feed = new Feed(reader, screen, renderer, quiet, failed);
        feed.thread.start();
        return feed;
    }

    private void run() {
        try (reader) {
            reader.follow(this);
        } catch (IOException e) {
            LOG.warn("Standard output is closed: {}", e.getMessage());
            failed.run();
        } catch (RuntimeException e) {
            LOG.error("The feed ends", e);
            failed.run();
        }
    }

    /** Shows connection events of this port only, from now on; 0 for all ports. */
    void showOnly(int port) {
        onlyPort = port;
    }

    @Override
    public void accept(TopicPartition from, Item item) throws IOException {
        boolean important = !(item instanceof Item.ConnectionItem);
        int only = onlyPort;
        if (!important && only != 0 && !item.touches(only)) {
            otherPorts++;
            return;
        }
        if (quiet && !important) {
            return;
        }
        if (System.nanoTime() - secondBegan > SECOND) {
            nextSecond();
        }
        if (important || shown < EVENTS_PER_SECOND) {
            shown++;
            screen.show(renderer.lines(item));
        } else {
            left++;
        }
    }

    @Override
    public void flush() throws IOException {
        if (left > 0 && System.nanoTime() - secondBegan > SECOND) {
            nextSecond();
        }
        if (onlyPort == 0 && otherPorts > 0) {
            screen.tell("… " + otherPorts + " events of other connections were not shown during the demo");
            otherPorts = 0;
        }
    }

    private void nextSecond() throws IOException {
        if (left > 0) {
            screen.tell("… and " + left + " more events; ./loopscope observe shows all");
        }
        secondBegan = System.nanoTime();
        shown = 0;
        left = 0;
    }

    @Override
    public void close() {
        reader.stop();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
