package io.loopscope.agent.track;

import io.loopscope.agent.parse.SegmentHeader;
import java.util.List;

/** Items for tests that begin behind the tracker. */
public final class Items {
    private Items() {}

    /** A segment by itself. */
    public static Item of(SegmentHeader segment, long timeNs) {
        return of(segment, timeNs, Fidelity.COALESCED);
    }

    /** The same with another fidelity. */
    public static Item of(SegmentHeader segment, long timeNs, Fidelity fidelity) {
        Item item = new Item();
        item.begin(segment, timeNs, fidelity);
        return item;
    }

    /** A run of segments, one every {@code stepNs}. */
    public static Item run(List<SegmentHeader> segments, long timeNs, long stepNs) {
        Item item = of(segments.get(0), timeNs);
        for (int i = 1; i < segments.size(); i++) {
            item.merge(segments.get(i), timeNs + i * stepNs);
        }
        return item;
    }
}
