package io.loopscope.standalone.analyze;

import io.loopscope.processor.detect.AnomalyChange;
import io.loopscope.processor.detect.ConnectionChange;
import java.io.IOException;

/** A form of output. Calls come in the order in which things happened; a connection comes when nothing can be added. */
interface Report {

    /** Before everything else. */
    default void begin() throws IOException {}

    /** Whether {@link #transition} does anything; what nobody reads is not made. */
    default boolean showsTransitions() {
        return false;
    }

    /**
     * States changed.
     *
     * @param packet number of the packet in its file, from 1 on as Wireshark counts; 0 when a timer did it
     */
    default void transition(String file, ConnectionChange change, long packet) throws IOException {}

    /** An anomaly was opened, escalated or cleared. */
    default void anomaly(String file, AnomalyChange change) throws IOException {}

    /** A connection is complete, or the file is. */
    void connection(AnalyzedConnection connection) throws IOException;

    /** A file is done. */
    default void fileEnd(FileSummary summary) throws IOException {}
}
