/** What a segment costs: JMH benchmarks, and the real traffic that whole programs are measured with. */
package io.loopscope.benchmarks;
