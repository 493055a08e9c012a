package io.loopscope.processor.streams;

import io.loopscope.processor.detect.CensusChange;
import io.loopscope.processor.detect.Evidence;
import io.loopscope.processor.detect.Listener;
import io.loopscope.schemas.v1.CensusCount;

/** What the detector counts, as records of the contract. */
final class CensusCounts {
    private CensusCounts() {}

    /**
     * {@code host/namespace/127.0.0.1:13306/SERVER/CLOSE_WAIT}, by the socket table with {@code /KERNEL} behind it: one
     * record of the compacted topic for each count.
     */
    static String key(String hostId, CensusChange change) {
        Listener listener = change.listener();
        return String.join(
                "/",
                hostId,
                Long.toString(listener.networkNamespace()),
                Sockets.text(listener.address(), listener.port()),
                change.end().name(),
                change.evidence() == Evidence.WIRE
                        ? change.state().name()
                        : change.state().name() + "/" + change.evidence());
    }

    static CensusCount of(String hostId, CensusChange change) {
        Listener listener = change.listener();
        return CensusCount.newBuilder()
                .setHostId(hostId)
                .setNetworkNamespace(listener.networkNamespace())
                .setServer(Sockets.published(listener.address(), listener.port()))
                .setEnd(Words.end(change.end()))
                .setState(Words.state(change.state()))
                .setCount(change.count())
                .setEvidence(io.loopscope.schemas.v1.Evidence.valueOf(
                        change.evidence().name()))
                .setAgreementRatio(change.agreement())
                .setTimeNs(change.timeNanos())
                .build();
    }
}
