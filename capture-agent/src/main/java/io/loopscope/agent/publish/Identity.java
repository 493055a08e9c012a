package io.loopscope.agent.publish;

/**
 * Whose records these are.
 *
 * @param hostId stable name of the host; the key of every record
 * @param bootId identifies one boot of its kernel; empty where unknown
 * @param agentEpoch when this run of the agent began, nanoseconds since 1970-01-01T00:00:00Z
 * @param networkNamespace inode of the namespace that is captured; 0 where unknown
 */
public record Identity(String hostId, String bootId, long agentEpoch, long networkNamespace) {}
