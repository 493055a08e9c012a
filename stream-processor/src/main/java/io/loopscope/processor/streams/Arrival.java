package io.loopscope.processor.streams;

/**
 * What a record of an agent is worth.
 *
 * @param verdict what to do with it
 * @param lostBatches batches of the same run that are missing before it
 */
record Arrival(Verdict verdict, long lostBatches) {

    /** What to do with a record. */
    enum Verdict {
        /** Use it. */
        ACCEPTED,
        /** It has been used before: Kafka or the agent sent it again. */
        REPLAYED,
        /** Its run has been replaced by a later one. */
        SUPERSEDED
    }
}
