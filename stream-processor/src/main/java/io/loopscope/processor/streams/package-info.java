/**
 * The Kafka Streams shell around the detector: records in, state and events out. The only place, with {@code app}, that
 * knows Kafka Streams; it decides nothing about TCP.
 */
@org.jspecify.annotations.NullMarked
package io.loopscope.processor.streams;
