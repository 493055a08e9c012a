package io.loopscope.agent.publish;

/** The octets of a {@link io.loopscope.schemas.v1.CaptureBatch} as they go to Kafka. */
public final class EncodedBatch {
    private final String hostId;
    private final byte[] octets;
    private final long segments;

    EncodedBatch(String hostId, byte[] octets, long segments) {
        this.hostId = hostId;
        this.octets = octets;
        this.segments = segments;
    }

    /** The record key. */
    public String hostId() {
        return hostId;
    }

    /** The record value; not to be changed. */
    public byte[] octets() {
        return octets;
    }

    /** Segments that its items stand for. */
    public long segments() {
        return segments;
    }
}
