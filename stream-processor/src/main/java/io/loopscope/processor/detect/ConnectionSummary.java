package io.loopscope.processor.detect;

import org.jspecify.annotations.Nullable;

/**
 * A whole connection, at its end.
 *
 * @param startedNanos time of its first segment, nanoseconds since the epoch
 * @param endedNanos time of its last segment
 * @param connState Zeek's conn_state
 * @param endReason why it is over: closed, reset, refused, tuple_reused, expired, evicted
 * @param handshakeRttNanos from the first SYN to the ACK that completed the handshake; null when not seen
 * @param clientToServer what the client sent
 * @param serverToClient what the server sent
 */
public record ConnectionSummary(
        long startedNanos,
        long endedNanos,
        String connState,
        String endReason,
        @Nullable Long handshakeRttNanos,
        Sent clientToServer,
        Sent serverToClient) {

    /**
     * What one end sent, counted on the wire.
     *
     * @param segments segments
     * @param octets payload octets, retransmissions counted again
     * @param uniqueOctets payload octets, each sequence number counted once
     * @param retransmissions segments that repeat octets, a SYN or a FIN
     * @param outOfOrder segments that came behind later ones and are no retransmission
     * @param zeroWindows times it advertised a zero window
     * @param missedOctets octets that the peer acknowledged and the capture never saw
     */
    public record Sent(
            long segments,
            long octets,
            long uniqueOctets,
            long retransmissions,
            long outOfOrder,
            long zeroWindows,
            long missedOctets) {}
}
