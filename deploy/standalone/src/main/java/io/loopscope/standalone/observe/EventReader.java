package io.loopscope.standalone.observe;

import io.loopscope.schemas.SchemaIds;
import io.loopscope.schemas.Topic;
import io.loopscope.schemas.UnreadableRecordException;
import io.loopscope.schemas.registry.SchemaRegistryException;
import io.loopscope.settings.OperatingException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads topics without a consumer group, committed records only, and hands their items over in the order of their time.
 * For one thread, except {@link #stop}.
 */
public final class EventReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventReader.class);
    private static final Duration POLL = Duration.ofMillis(250);
    /** A partition that is far ahead of the others waits for them, so that memory is bounded. */
    private static final int MOST_WAITING = 20_000;

    /** Takes items. */
    public interface Sink {
        /** The next item, and the partition it is from. */
        void accept(TopicPartition from, Item item) throws IOException;

        /** No more for the moment: show what there is. */
        default void flush() throws IOException {}
    }

    private record Read(TopicPartition from, Item item) {}

    private final Consumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final ItemDecoder decoder;
    private final Unreadable unreadable = new Unreadable();
    private volatile boolean stopped;

    EventReader(Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions, SchemaIds ids) {
        decoder = new ItemDecoder(ids);
        this.consumer = consumer;
        this.partitions = List.copyOf(partitions);
        consumer.assign(partitions);
    }

    /**
     * Connects to a broker.
     *
     * @param kafka properties of a Kafka client
     * @param ids what a schema registry knows
     * @throws OperatingException when it cannot be reached, refuses, or has none of the topics
     */
    public static EventReader connect(Map<String, String> kafka, SchemaIds ids, Collection<Topic> topics) {
        var consumer = KafkaAccess.consumer(kafka);
        try {
            return new EventReader(consumer, KafkaAccess.partitions(consumer, kafka, topics), ids);
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    /** What could not be shown so far. */
    public Unreadable unreadable() {
        return unreadable;
    }

    /** Starts at what comes next. */
    public void seekToEnd() {
        consumer.endOffsets(partitions).forEach(consumer::seek);
    }

    /** Starts at what is kept. */
    public void seekToBeginning() {
        consumer.beginningOffsets(partitions).forEach(consumer::seek);
    }

    /** Starts at the first records that the broker got at this time or later. */
    void seekTo(Instant time) {
        var wanted = new HashMap<TopicPartition, Long>();
        partitions.forEach(partition -> wanted.put(partition, time.toEpochMilli()));
        var ends = consumer.endOffsets(partitions);
        consumer.offsetsForTimes(wanted).forEach((TopicPartition partition, OffsetAndTimestamp found) -> {
            consumer.seek(partition, found == null ? ends.getOrDefault(partition, 0L) : found.offset());
        });
    }

    /**
     * Starts this many offsets before the end of each partition.
     *
     * @return the partitions that have more before that
     */
    List<TopicPartition> seekBeforeEnd(long offsets) {
        var begins = consumer.beginningOffsets(partitions);
        var ends = consumer.endOffsets(partitions);
        partitions.forEach(partition -> consumer.seek(
                partition, Math.max(begins.getOrDefault(partition, 0L), ends.getOrDefault(partition, 0L) - offsets)));
        return partitions.stream()
                .filter(partition -> consumer.position(partition) > begins.getOrDefault(partition, 0L))
                .toList();
    }

    /** Reads up to what are the ends of the topics now, and returns. */
    public void readToEnd(Sink sink) throws IOException {
        var ends = consumer.endOffsets(partitions);
        var merge = new Merge<TopicPartition, Read>(partitions);
        while (!stopped) {
            for (var item : merge.take(partition -> isBefore(partition, ends))) {
                sink.accept(item.from(), item.item());
            }
            if (partitions.stream().noneMatch(partition -> isBefore(partition, ends))) {
                break;
            }
            pause(merge, ends);
            for (var read : poll()) {
                if (read.offset() < ends.getOrDefault(partition(read), 0L)) {
                    decode(read, merge);
                }
            }
        }
        // What came after the ends belongs to whoever goes on from here.
        ends.forEach(consumer::seek);
        consumer.resume(partitions);
        sink.flush();
    }

    private boolean isBefore(TopicPartition partition, Map<TopicPartition, Long> ends) {
        return consumer.position(partition) < ends.getOrDefault(partition, 0L);
    }

    private void pause(Merge<TopicPartition, Read> merge, Map<TopicPartition, Long> ends) {
        for (var partition : partitions) {
            if (merge.waiting(partition) > MOST_WAITING || !isBefore(partition, ends)) {
                consumer.pause(List.of(partition));
            } else {
                consumer.resume(List.of(partition));
            }
        }
    }

    /** Reads on until {@link #stop}. */
    public void follow(Sink sink) throws IOException {
        var merge = new Merge<TopicPartition, Read>(partitions);
        var contact = new Contact(consumer, partitions);
        long reported = unreadable.count();
        while (!stopped) {
            var records = poll();
            for (var read : records) {
                decode(read, merge);
            }
            reported = report(reported);
            contact.check(!records.isEmpty());
            // After an empty poll nothing is worth waiting for: a partition without a leader must not stop the others.
            boolean wait = !records.isEmpty();
            var items = merge.take(partition -> wait && isBehind(partition) && !isFull(merge));
            for (var item : items) {
                sink.accept(item.from(), item.item());
            }
            if (!items.isEmpty()) {
                sink.flush();
            }
        }
    }

    /** Says what is not shown, at once and then each time it has doubled. */
    private long report(long reported) {
        if (unreadable.count() == reported || unreadable.count() < 2 * reported) {
            return reported;
        }
        LOG.warn("{}", unreadable.describe());
        return unreadable.count();
    }

    private boolean isFull(Merge<TopicPartition, Read> merge) {
        return partitions.stream().anyMatch(partition -> merge.waiting(partition) > MOST_WAITING);
    }

    private boolean isBehind(TopicPartition partition) {
        OptionalLong lag = consumer.currentLag(partition);
        return lag.isEmpty() || lag.getAsLong() > 0;
    }

    /** Makes the reading methods return soon; from any thread. */
    public void stop() {
        stopped = true;
        consumer.wakeup();
    }

    private ConsumerRecords<byte[], byte[]> poll() {
        try {
            return consumer.poll(POLL);
        } catch (WakeupException stop) {
            return ConsumerRecords.empty();
        } catch (OffsetOutOfRangeException removed) {
            var begins = consumer.beginningOffsets(removed.partitions());
            removed.offsetOutOfRangePartitions().forEach((partition, offset) -> {
                long begin = begins.getOrDefault(partition, 0L);
                unreadable.addExpired(Math.max(0, begin - offset));
                consumer.seek(partition, begin);
            });
            return ConsumerRecords.empty();
        }
    }

    private void decode(ConsumerRecord<byte[], byte[]> read, Merge<TopicPartition, Read> merge) {
        var from = partition(read);
        try {
            for (var item : decoder.decode(read)) {
                merge.add(from, item.timeNs(), new Read(from, item));
            }
        } catch (UnreadableRecordException | IllegalArgumentException e) {
            unreadable.add(read, e);
        } catch (SchemaRegistryException e) { // What it knows is not lost: who asks again later sees it.
            throw new OperatingException(String.valueOf(e.getMessage()), e.remedy(), e.exitCode(), e);
        }
    }

    private static TopicPartition partition(ConsumerRecord<?, ?> read) {
        return new TopicPartition(read.topic(), read.partition());
    }

    @Override
    public void close() {
        consumer.close();
    }
}
