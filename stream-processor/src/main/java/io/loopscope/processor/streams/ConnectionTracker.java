package io.loopscope.processor.streams;

import io.loopscope.processor.detect.DetectorSettings;
import io.loopscope.processor.tcp.TcpSettings;
import io.loopscope.schemas.SchemaIds;
import java.util.Set;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/** What Streams calls. All that it knows begins in {@link #init}, from the stores. */
final class ConnectionTracker implements Processor<byte[], byte[], byte[], byte[]> {
    private final Supplier supplier;
    private @Nullable HostTracker hosts;

    private ConnectionTracker(Supplier supplier) {
        this.supplier = supplier;
    }

    /** Brings its own stores, so that wiring them can't be forgotten. */
    record Supplier(
            DetectorSettings settings,
            TcpSettings tcp,
            Counters counters,
            RecordLimits limits,
            SchemaIds ids,
            boolean onDisk)
            implements ProcessorSupplier<byte[], byte[], byte[], byte[]> {
        @Override
        public Processor<byte[], byte[], byte[], byte[]> get() {
            return new ConnectionTracker(this);
        }

        @Override
        public Set<StoreBuilder<?>> stores() {
            return Stores.builders(onDisk);
        }
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        HostTracker tracker = new HostTracker(
                context, supplier.settings, supplier.tcp, supplier.counters, supplier.limits, supplier.ids);
        context.schedule(HostTracker.TICK, PunctuationType.WALL_CLOCK_TIME, tracker::tick);
        hosts = tracker;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        if (hosts == null) {
            throw new IllegalStateException("a record before init()");
        }
        hosts.process(record);
    }

    @Override
    public void close() {
        if (hosts != null) {
            hosts.close();
            hosts = null;
        }
    }
}
