/** The processor as a program: settings, start, stop, and what to say when Kafka is not as it should be. */
@org.jspecify.annotations.NullMarked
package io.loopscope.processor.app;
