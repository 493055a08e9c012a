/** Verbs that look at this host: what can be captured here, and why nothing is seen. */
@org.jspecify.annotations.NullMarked
package io.loopscope.agent.doctor;
