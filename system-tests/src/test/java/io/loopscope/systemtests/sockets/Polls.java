package io.loopscope.systemtests.sockets;

import io.loopscope.schemas.Topic;
import io.loopscope.schemas.v1.SocketReport;
import io.loopscope.systemtests.harness.EventLog;
import io.loopscope.systemtests.harness.Waits;
import java.util.List;
import java.util.Objects;

/** When an agent has read the socket table, as it has published it. */
final class Polls {
    private final EventLog log;

    Polls(EventLog log) {
        this.log = log;
    }

    /** Times of the complete ones that were begun after a time, in order. */
    List<Long> after(long timeNs) {
        return log.records(Topic.CAPTURE)
                .map(read -> read.value(SocketReport.class))
                .filter(Objects::nonNull)
                .filter(report -> report.getLastOfPoll() && report.getTimeNs() > timeNs)
                .map(SocketReport::getTimeNs)
                .toList();
    }

    /** Waits until there are so many of them. */
    List<Long> await(int count, long afterNs) {
        return log.await(
                count + " polls of the socket table",
                Waits.PIPELINE,
                () -> after(afterNs),
                polls -> polls.size() >= count,
                () -> "there are " + after(afterNs).size());
    }
}
