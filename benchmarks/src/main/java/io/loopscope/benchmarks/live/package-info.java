/** What the live benchmark of the agent needs besides its contestants: loads, and a reader of what was published. */
package io.loopscope.benchmarks.live;
