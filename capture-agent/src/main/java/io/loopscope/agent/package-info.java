/** The capture agent: packets of one host into records on Kafka. */
@org.jspecify.annotations.NullMarked
package io.loopscope.agent;
