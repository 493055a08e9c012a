/**
 * From segments to records: a bounded queue between the capture thread and the publishing thread, batches, and Kafka.
 * The only place of the agent that knows Kafka, besides its main.
 */
@org.jspecify.annotations.NullMarked
package io.loopscope.agent.publish;
