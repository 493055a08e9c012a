package io.loopscope.processor.streams;

import io.loopscope.processor.detect.DetectorSettings;
import io.loopscope.processor.tcp.TcpSettings;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/** The stores of a {@link Pipeline}, as those of the one partition that a process has. */
record DriverStores(Pipeline pipeline) implements StoreSource {
    static StateReader reader(Pipeline pipeline) {
        return new StateReader(new DriverStores(pipeline), DetectorSettings.defaults(), TcpSettings.DEFAULT);
    }

    @Override
    public Set<Integer> assigned() {
        return Set.of(0, 1);
    }

    @Override
    public Set<Integer> partitions() {
        return Set.of(0);
    }

    @Override
    public ReadOnlyKeyValueStore<Bytes, byte[]> store(String name, int partition) {
        if (partition != 0) {
            throw new InvalidStateStoreException("partition " + partition + " is being restored");
        }
        return pipeline.store(name);
    }
}
