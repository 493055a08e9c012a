package io.loopscope.processor.detect;

/**
 * One run of a capture agent.
 *
 * @param bootId identifies the boot of the host's kernel, empty where unknown; after another boot no connection of the
 *     one before exists any more
 * @param epochNanos when the run started, nanoseconds since the epoch by the host's clock; a later run has a greater one
 */
public record AgentRun(String bootId, long epochNanos) {}
