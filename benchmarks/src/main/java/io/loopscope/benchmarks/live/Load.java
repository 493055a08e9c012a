package io.loopscope.benchmarks.live;

import java.io.IOException;

/** Something that makes packets, one operation after the other. */
interface Load extends AutoCloseable {
    /** One operation, complete when it returns. */
    void operate() throws IOException;

    @Override
    void close() throws IOException;
}
