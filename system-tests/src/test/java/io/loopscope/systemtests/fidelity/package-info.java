/** Whether a coalescing agent tells the same story as one that tells every segment. */
@org.jspecify.annotations.NullMarked
package io.loopscope.systemtests.fidelity;
