/** What the processor costs, measured over a real broker. */
package io.loopscope.benchmarks.processor;
