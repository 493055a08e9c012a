/** What Prometheus scrapes. */
@org.jspecify.annotations.NullMarked
package io.loopscope.processor.app.metrics;
