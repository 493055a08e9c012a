package io.loopscope.agent.publish;

import io.loopscope.schemas.RecordHead;

/** The octets of a {@link io.loopscope.schemas.v1.CaptureBatch} as they go to Kafka. */
public final class EncodedBatch {
    private final String hostId;
    private final byte[] octets;
    private final long segments;
    private final RecordHead head;

    /** {@code octets} begin with room for the head. */
    EncodedBatch(String hostId, RecordHead head, byte[] octets, long segments) {
        this.hostId = hostId;
        this.head = head;
        this.octets = octets;
        this.segments = segments;
    }

    /** The record key. */
    public String hostId() {
        return hostId;
    }

    /**
     * The record value; not to be changed.
     *
     * @throws IllegalStateException while a schema registry has not given the id it begins with
     */
    public byte[] octets() {
        head.put(octets);
        return octets;
    }

    /** Segments that its items stand for. */
    public long segments() {
        return segments;
    }
}
