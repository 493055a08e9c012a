package io.loopscope.processor.streams;

import java.util.List;

/**
 * What a record of an agent is worth, and what it changes in the book of agent runs.
 *
 * @param verdict what to do with the record
 * @param lostBatches batches of the same run that are missing before it
 * @param changed runs to store
 * @param forgotten runs to delete
 */
record Arrival(Verdict verdict, long lostBatches, List<AgentRun> changed, List<AgentRun.Key> forgotten) {

    /** What to do with a record. */
    enum Verdict {
        /** Use it. */
        ACCEPTED,
        /** It has been used before: Kafka or the agent sent it again. */
        REPLAYED,
        /** Its run has been replaced by a later one. */
        SUPERSEDED
    }

    Arrival {
        changed = List.copyOf(changed);
        forgotten = List.copyOf(forgotten);
    }
}
