package io.loopscope.schemas.testing;

import io.loopscope.schemas.v1.CaptureStatistics;
import java.util.Map;

/** What heartbeats tell of a capture. */
public final class Statistics {
    private Statistics() {}

    /** All counters at 0: a test sets those that it is about. */
    public static CaptureStatistics.Builder zeros() {
        return CaptureStatistics.newBuilder()
                .setSeen(0)
                .setKernelDropped(0)
                .setInterfaceDropped(0)
                .setShed(0)
                .setExcludedOwn(0)
                .setExcludedBySetting(0)
                .setMalformed(0)
                .setNotTcp(0)
                .setPublished(0)
                .setPublishFailed(0)
                .setByReason(Map.of());
    }
}
