package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Connection;

/**
 * How the watching of one host and network namespace goes.
 *
 * @param clockNanos the host's clock: the maximum of event times and watermarks, nanoseconds since the epoch; 0 before
 *     the first
 * @param watermarkNanos promise of the agent run heard last: all that it saw up to then has been applied; 0 before the
 *     first
 * @param agentEpochNanos when that run began; 0 when none was heard
 * @param bootId boot of the host's kernel that the run belongs to, empty where unknown
 * @param intervalNanos time between its heartbeats; 0 before the first
 * @param presence whether agents are heard
 * @param trusted false while the capture loses so much that rules that rest on silence wait
 * @param lastLossNanos when the capture last lost something, by the host's clock; {@link Connection#NEVER}: never
 * @param lostSegments segments that the agent runs heard of late say they lost, or left out to keep up
 */
public record HostStatus(
        long clockNanos,
        long watermarkNanos,
        long agentEpochNanos,
        String bootId,
        long intervalNanos,
        Presence presence,
        boolean trusted,
        long lastLossNanos,
        long lostSegments) {

    /** Whether the agents of a host are heard. */
    public enum Presence {
        /** They are. */
        LIVE,
        /** The last one said goodbye. */
        STOPPED,
        /** Heartbeats are overdue: AGENT_SILENT is open. */
        SILENT,
        /** They have been for so long that all that was open has been cleared. */
        GIVEN_UP
    }
}
