package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Side;

/**
 * Something that was over as it happened, and is told as an anomaly that stays open for a while.
 *
 * @param name its name
 * @param blamed the end it is about
 * @param sinceNanos when it began
 * @param explain what was seen and what it means
 * @param clearReason why it will be cleared
 * @param holdNanos how long it stays open after it happened last
 */
record Happening(
        AnomalyName name, Side blamed, long sinceNanos, String explain, ClearReason clearReason, long holdNanos) {}
