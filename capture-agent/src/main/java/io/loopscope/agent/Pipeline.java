package io.loopscope.agent;

import io.loopscope.agent.publish.CapturePublisher;
import io.loopscope.agent.sockets.OwnTraffic;
import io.loopscope.agent.source.PacketSource;
import io.loopscope.agent.track.ItemQueue;

/**
 * What the threads of an agent share.
 *
 * @param source where packets come from
 * @param own tells the pipeline's segments from others
 * @param queue from the capturing to the publishing thread
 * @param publisher where records go
 * @param counters of both threads
 * @param progress what they tell each other
 * @param polls from the polling to the publishing thread
 * @param doorbell wakes the publishing thread
 */
record Pipeline(
        PacketSource source,
        OwnTraffic own,
        ItemQueue queue,
        CapturePublisher publisher,
        AgentCounters counters,
        CaptureProgress progress,
        PollExchange polls,
        Doorbell doorbell) {

    static Pipeline of(PacketSource source, OwnTraffic own, CapturePublisher publisher, int queueItems) {
        return new Pipeline(
                source,
                own,
                new ItemQueue(queueItems),
                publisher,
                new AgentCounters(source, own, publisher),
                new CaptureProgress(),
                new PollExchange(),
                new Doorbell());
    }
}
