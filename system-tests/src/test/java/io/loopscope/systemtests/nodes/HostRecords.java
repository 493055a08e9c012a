package io.loopscope.systemtests.nodes;

import io.loopscope.agent.parse.HeaderParser;
import io.loopscope.agent.parse.LinkType;
import io.loopscope.agent.parse.ParseResult;
import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.publish.Identity;
import io.loopscope.schemas.v1.CaptureBatch;
import io.loopscope.schemas.v1.Heartbeat;
import io.loopscope.schemas.v1.SocketReport;
import io.loopscope.systemtests.harness.HandMade;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;

/**
 * What the agents of one host make of its traffic, by the agent's own parser; a pure function of the seed,
 * because the packets' times stand for the agent's clock. Hosts differ: the capture of some has losses, the agent of some
 * dies and begins again, some say goodbye at the end.
 */
final class HostRecords {
    private static final Duration HEARTBEAT = Duration.ofSeconds(2);
    private static final Duration POLL = Duration.ofSeconds(10);
    private static final long NAMESPACE = 4_026_531_840L;
    private static final int LOSES_ONE_IN = 40;

    private final int host;
    private final Random random;
    private final HeaderParser parser = new HeaderParser();
    private final SegmentHeader header = new SegmentHeader();
    private final List<Input.Timed> records = new ArrayList<>();
    private Identity identity;
    private SegmentBatch batch;
    private final SocketTable table = new SocketTable();
    private long restartNs = Long.MAX_VALUE;
    private long nextHeartbeatNs = HostTraffic.START_NS;
    private long nextPollNs = HostTraffic.START_NS + POLL.toNanos();
    private long nextHeartbeat;
    private long kernelDropped;
    private long seen;

    private HostRecords(int host, long seed) {
        this.host = host;
        random = new Random(seed);
        begin(HostTraffic.START_NS - 1);
        if (agentDies()) {
            restartNs = HostTraffic.START_NS
                    + HostTraffic.SPAN.toNanos() / 4
                    + random.nextLong(HostTraffic.SPAN.toNanos() / 2);
        }
    }

    /** In the order in which the agent makes them. */
    static List<Input.Timed> of(int host, long seed) {
        HostRecords agent = new HostRecords(host, seed);
        HostTraffic.of(seed).forEach(agent::take);
        agent.end();
        return agent.records;
    }

    private boolean losesBatches() {
        return host % 4 == 1;
    }

    private boolean agentDies() {
        return host % 4 == 2;
    }

    private boolean kernelDrops() {
        return host % 4 == 3;
    }

    private boolean readsTable() {
        return host % 3 != 0;
    }

    private void begin(long epochNs) {
        identity = new Identity(Input.hostId(host), "boot-of-" + host, epochNs, NAMESPACE + host);
        batch = new SegmentBatch(identity);
    }

    private void take(Packet packet) {
        passTo(packet.timeNs());
        if (packet.timeNs() < identity.agentEpoch()) {
            return; // nobody captures
        }
        ParseResult result = parser.parse(
                packet.octets(), 0, packet.octets().capacity(), packet.wireLength(), LinkType.IPV4, header);
        if (result != ParseResult.OK) {
            throw new IllegalStateException("the agent's parser says " + result);
        }
        seen++;
        table.see(header, packet.timeNs());
        batch.add(header, packet.timeNs());
    }

    /** What the agent does until then. */
    private void passTo(long timeNs) {
        if (timeNs >= restartNs) { // kill -9: what it held is lost, and for three seconds nobody heartbeats
            begin(restartNs + Duration.ofSeconds(3).toNanos());
            nextHeartbeatNs = identity.agentEpoch();
            restartNs = Long.MAX_VALUE;
            nextPollNs = nextHeartbeatNs + POLL.toNanos();
            table.agentRestarts();
            nextHeartbeat = 0;
            kernelDropped = 0;
            seen = 0;
        }
        while (nextHeartbeatNs <= timeNs) {
            flush(nextHeartbeatNs);
            if (readsTable() && nextPollNs <= nextHeartbeatNs) {
                poll(nextHeartbeatNs);
                nextPollNs += POLL.toNanos();
            }
            heartbeat(nextHeartbeatNs, false);
            nextHeartbeatNs += HEARTBEAT.toNanos();
        }
        if (batch.isDue(timeNs)) {
            flush(timeNs);
        }
    }

    private void end() {
        long endNs = HostTraffic.START_NS + HostTraffic.SPAN.toNanos();
        passTo(endNs);
        flush(endNs);
        heartbeat(endNs, host % 2 == 0);
    }

    private void flush(long nowNs) {
        if (batch.isEmpty()) {
            return;
        }
        CaptureBatch taken = batch.take();
        if (!losesBatches() || random.nextInt(LOSES_ONE_IN) > 0) {
            add(nowNs, taken);
        }
    }

    private void heartbeat(long nowNs, boolean goodbye) {
        if (kernelDrops() && random.nextInt(LOSES_ONE_IN) == 0) {
            kernelDropped += 1 + random.nextInt(50);
        }
        add(
                nowNs,
                Heartbeat.newBuilder()
                        .setHostId(identity.hostId())
                        .setBootId(identity.bootId())
                        .setAgentEpoch(identity.agentEpoch())
                        .setAgentVersion("of the test")
                        .setNetworkNamespace(identity.networkNamespace())
                        .setInterfaces(List.of("lo"))
                        .setWatermarkNs(nowNs)
                        .setIntervalMs(HEARTBEAT.toMillis())
                        .setNextBatchSequence(batch.nextSequence())
                        .setHeartbeatSequence(nextHeartbeat++)
                        .setPlannedStop(goodbye)
                        .setStatistics(HandMade.statistics(seen, kernelDropped))
                        .setSocketPollId(table.lastPoll())
                        .build());
    }

    private void poll(long nowNs) {
        for (SocketReport.Builder report : table.poll(nowNs)) {
            add(
                    nowNs,
                    report.setHostId(identity.hostId())
                            .setBootId(identity.bootId())
                            .setAgentEpoch(identity.agentEpoch())
                            .setNetworkNamespace(identity.networkNamespace())
                            .build());
        }
    }

    private void add(long timeNs, SpecificRecord value) {
        records.add(new Input.Timed(timeNs, identity.hostId(), value));
    }
}
