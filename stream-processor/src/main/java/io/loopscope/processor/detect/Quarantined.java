package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.FourTuple;
import org.jspecify.annotations.Nullable;

/**
 * The detector failed, which is a bug, and what it failed at was taken out so that the rest could go on.
 *
 * @param connection whose handling failed: nothing of it is remembered any more; null when it was a timer of a listener
 *     or of the host, which does not fire again
 * @param bug what was thrown
 */
public record Quarantined(@Nullable FourTuple connection, RuntimeException bug) {}
