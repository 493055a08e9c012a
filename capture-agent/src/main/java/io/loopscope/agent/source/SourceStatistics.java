package io.loopscope.agent.source;

/**
 * What a source delivered and what was lost before it. All counters only grow.
 *
 * @param delivered packets handed out by {@link PacketSource#next}
 * @param kernelDropped packets the kernel dropped because the capture buffer was full; for a file, what its writer
 *     noted
 * @param interfaceDropped packets the interface or its driver dropped; for a file, what its writer noted
 * @param freezes how often the capture buffer became full, as far as the kernel tells: libpcap does not
 */
public record SourceStatistics(long delivered, long kernelDropped, long interfaceDropped, long freezes) {

    /** Of a source that does not know how often its buffer was full. */
    public SourceStatistics(long delivered, long kernelDropped, long interfaceDropped) {
        this(delivered, kernelDropped, interfaceDropped, 0);
    }
}
