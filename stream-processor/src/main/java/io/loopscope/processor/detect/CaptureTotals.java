package io.loopscope.processor.detect;

/**
 * How many segments an agent run has seen and lost so far. Both only grow within a run.
 *
 * @param seen packets that the kernel handed to the agent
 * @param lost packets and segments that nobody can judge: dropped by kernel, interface or queue, shed, or refused by Kafka
 */
public record CaptureTotals(long seen, long lost) {

    /** Nothing seen, nothing lost: for sources without statistics. */
    public static final CaptureTotals NONE = new CaptureTotals(0, 0);
}
