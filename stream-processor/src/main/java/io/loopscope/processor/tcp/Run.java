package io.loopscope.processor.tcp;

/**
 * Consecutive plain data segments and pure acknowledgments of one direction, told as one by a coalescing agent.
 *
 * <p>Inside a run every segment begins where the one before ended. SYN, FIN, RST, the ACK that completes a handshake or
 * covers a FIN, retransmissions, segments out of order, keepalives, a zero window and the update after it are never in a
 * run.
 *
 * @param segments how many, at least 1
 * @param firstNanos time of the first
 * @param nextSequence the sequence number after the last octet
 * @param minWindow smallest window field in it, unscaled
 * @param maxWindow largest window field in it, unscaled
 */
public record Run(int segments, long firstNanos, int nextSequence, int minWindow, int maxWindow) {}
