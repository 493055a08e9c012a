/**
 * What is wrong with the connections of a host: the anomaly rules and the life of each anomaly.
 *
 * <p>A {@link io.loopscope.processor.detect.HostMonitor} is fed with segments and with time, and says in a
 * {@link io.loopscope.processor.detect.Step} what to publish and what to store. No clock, no I/O, no thread, no logging:
 * the same calls give the same outputs, byte for byte. Imports java.*, the TCP core, and nothing else.
 */
@NullMarked
package io.loopscope.processor.detect;

import org.jspecify.annotations.NullMarked;
