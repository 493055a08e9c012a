package io.loopscope.agent.publish;

import io.loopscope.agent.sockets.Endpoint;
import io.loopscope.schemas.RecordHead;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.schemas.v1.SocketReport;
import java.time.Duration;
import java.util.Collection;

/** Where records go, in the order in which they are given. Called by one thread; counters may be read by any. */
public interface CapturePublisher extends AutoCloseable {

    /** What batches for it begin with. */
    default RecordHead batchHead() {
        return RecordHead.singleObject(CaptureBatch.getClassSchema());
    }

    /**
     * Takes a batch for delivery. May wait a little for room.
     *
     * @return false when there is no room or no broker: give the same batch again later
     */
    boolean offer(EncodedBatch batch);

    /**
     * Takes a heartbeat for delivery. May wait a little for room.
     *
     * @return false when there is no room or no broker
     */
    boolean offer(Heartbeat heartbeat);

    /**
     * Takes a report of the socket table for delivery. May wait a little for room.
     *
     * @return false when there is no room or no broker
     */
    boolean offer(SocketReport report);

    /** Reports of the socket table that were taken and could not be delivered: lost. */
    long failedReports();

    /** Segments in batches that have been delivered for certain. */
    long publishedSegments();

    /** Segments in batches that were taken and could not be delivered: lost. */
    long failedSegments();

    /** Where the brokers and the schema registry are, as far as it is known now. Does not wait. */
    Collection<Endpoint> brokers();

    /** Grows whenever a connection to a broker has been made. */
    long connectionsMade();

    /** Connections to brokers that there are now, those that are being made included. */
    long connectionsOpen();

    /**
     * Waits until the topic can be published to.
     *
     * @return false when the time is over
     */
    boolean awaitReady(Duration timeout);

    /**
     * Waits until it is certain of everything taken so far whether it has been delivered: then the counters say so.
     *
     * @return false when the time is over
     */
    boolean awaitDelivered(Duration timeout);

    /** Delivers what has been taken, as far as that is possible in this time, and stops. */
    void close(Duration timeout);

    /** Stops at once. */
    @Override
    default void close() {
        close(Duration.ZERO);
    }
}
