package io.loopscope.standalone.observe;

import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.CapturedSegment;
import io.loopscope.schemas.v1.CensusCount;
import io.loopscope.schemas.v1.ConnectionEvent;
import io.loopscope.schemas.v1.ConnectionRef;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.schemas.v1.Side;
import io.loopscope.schemas.v1.SocketAddress;
import io.loopscope.schemas.v1.SocketReport;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** One thing to show: a line of output. A capture batch is many of them. */
public sealed interface Item {
    /** When it happened by its host's clock, nanoseconds since 1970-01-01T00:00:00Z. */
    long timeNs();

    /** The host it is about; empty when unknown. */
    String hostId();

    /** Whether one of its sockets has this port. */
    boolean touches(int port);

    private static boolean hasPort(int port, @Nullable SocketAddress... sockets) {
        return Stream.of(sockets).anyMatch(socket -> socket != null && socket.getPort() == port);
    }

    /** A step in the life of a connection. */
    record ConnectionItem(ConnectionEvent event) implements Item {
        @Override
        public long timeNs() {
            return event.getTimeNs();
        }

        @Override
        public String hostId() {
            return event.getHostId();
        }

        @Override
        public boolean touches(int port) {
            return hasPort(port, event.getClient(), event.getServer());
        }
    }

    /** A stage in the life of an anomaly. */
    record AnomalyItem(AnomalyEvent event) implements Item {
        @Override
        public long timeNs() {
            return event.getTimeNs();
        }

        @Override
        public String hostId() {
            return event.getHostId();
        }

        @Override
        public boolean touches(int port) {
            return hasPort(port, event.getClient(), event.getServer());
        }
    }

    /** How many ends are in a state. */
    record CensusItem(CensusCount count) implements Item {
        @Override
        public long timeNs() {
            return count.getTimeNs();
        }

        @Override
        public String hostId() {
            return count.getHostId();
        }

        @Override
        public boolean touches(int port) {
            return hasPort(port, count.getServer());
        }
    }

    /** A captured segment, or a run of them. */
    record SegmentItem(CaptureBatch batch, CapturedSegment segment, ConnectionRef connection) implements Item {
        @Override
        public long timeNs() {
            return batch.getBaseTimeNs() + segment.getTimeDeltaNs();
        }

        @Override
        public String hostId() {
            return batch.getHostId();
        }

        @Override
        public boolean touches(int port) {
            return hasPort(port, connection.getLow(), connection.getHigh());
        }

        SocketAddress source() {
            return segment.getSender() == Side.HIGH ? connection.getHigh() : connection.getLow();
        }

        SocketAddress destination() {
            return segment.getSender() == Side.HIGH ? connection.getLow() : connection.getHigh();
        }
    }

    /** Segments that the agent had to leave out before this batch. */
    record GapItem(CaptureBatch batch) implements Item {
        @Override
        public long timeNs() {
            return batch.getBaseTimeNs();
        }

        @Override
        public String hostId() {
            return batch.getHostId();
        }

        @Override
        public boolean touches(int port) {
            return true; // What was left out may have had any port.
        }
    }

    /** A sign of life of an agent. */
    record HeartbeatItem(Heartbeat heartbeat) implements Item {
        @Override
        public long timeNs() {
            return heartbeat.getWatermarkNs();
        }

        @Override
        public String hostId() {
            return heartbeat.getHostId();
        }

        @Override
        public boolean touches(int port) {
            return false;
        }
    }

    /** A part of a kernel's socket table. */
    record SocketReportItem(SocketReport report) implements Item {
        @Override
        public long timeNs() {
            return report.getTimeNs();
        }

        @Override
        public String hostId() {
            return report.getHostId();
        }

        @Override
        public boolean touches(int port) {
            return report.getSockets().stream().anyMatch(s -> hasPort(port, s.getLocal(), s.getRemote()))
                    || report.getGone().stream().anyMatch(s -> hasPort(port, s.getLocal(), s.getRemote()));
        }
    }

    /** A record that the processor could not use. */
    record DeadLetterItem(ConsumerRecord<byte[], byte[]> letter) implements Item {
        @Override
        public long timeNs() {
            return letter.timestamp() * 1_000_000;
        }

        @Override
        public String hostId() {
            return "";
        }

        @Override
        public boolean touches(int port) {
            return true; // Nobody can know.
        }
    }
}
