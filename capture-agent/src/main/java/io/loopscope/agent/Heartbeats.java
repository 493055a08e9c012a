package io.loopscope.agent;

import io.loopscope.agent.publish.Identity;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.settings.Version;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes heartbeats. */
final class Heartbeats {
    private final Identity identity;
    private final Duration interval;
    private final String settingsHash;
    private final long earliestWatermarkNs;
    private long sequence;

    /** {@code earliestWatermarkNs} is promised before the source has anything to promise. */
    Heartbeats(Identity identity, Duration interval, String settingsHash, long earliestWatermarkNs) {
        this.identity = identity;
        this.interval = interval;
        this.settingsHash = settingsHash;
        this.earliestWatermarkNs = earliestWatermarkNs;
    }

    Duration interval() {
        return interval;
    }

    Heartbeat make(
            long watermarkNs,
            long nextBatchSequence,
            @Nullable Long socketPollId,
            boolean plannedStop,
            AgentStatistics statistics,
            List<String> interfaces,
            List<String> limitations) {
        Heartbeat heartbeat = new Heartbeat();
        heartbeat.setHostId(identity.hostId());
        heartbeat.setBootId(identity.bootId());
        heartbeat.setAgentEpoch(identity.agentEpoch());
        heartbeat.setAgentVersion(Version.current());
        heartbeat.setNetworkNamespace(identity.networkNamespace());
        heartbeat.setInterfaces(interfaces);
        heartbeat.setWatermarkNs(Math.max(watermarkNs, earliestWatermarkNs));
        heartbeat.setIntervalMs(interval.toMillis());
        heartbeat.setNextBatchSequence(nextBatchSequence);
        heartbeat.setHeartbeatSequence(sequence++);
        heartbeat.setSocketPollId(socketPollId);
        heartbeat.setPlannedStop(plannedStop);
        heartbeat.setStatistics(statistics.toRecord());
        heartbeat.setSettingsHash(settingsHash);
        heartbeat.setLimitations(limitations);
        return heartbeat;
    }
}
