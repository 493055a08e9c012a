package io.loopscope.processor.streams;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WriteBufferManager;

/**
 * Bounds what all RocksDB stores of this process take together, outside the heap: by default each store of each
 * partition has buffers of its own, which with the four stores of many partitions is gigabytes.
 */
public final class RocksDbMemory implements RocksDBConfigSetter {
    private static final long OCTETS = 256L << 20;
    private static final long WRITE_BUFFERS = 64L << 20;
    private static final long WRITE_BUFFER = 8L << 20;

    private static final class Shared {
        static final Cache CACHE = new LRUCache(OCTETS);
        /** Counted as part of the cache. */
        static final WriteBufferManager BUFFERS = new WriteBufferManager(WRITE_BUFFERS, CACHE);
    }

    @Override
    public void setConfig(String store, Options options, Map<String, Object> configs) {
        BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
        table.setBlockCache(Shared.CACHE);
        table.setCacheIndexAndFilterBlocks(true);
        options.setTableFormatConfig(table);
        options.setWriteBufferManager(Shared.BUFFERS);
        options.setWriteBufferSize(WRITE_BUFFER);
        options.setCompressionType(CompressionType.LZ4_COMPRESSION);
    }

    /** What is shared lives as long as the process. */
    @Override
    public void close(String store, Options options) {}
}
