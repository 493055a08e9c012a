/** How long it takes from what happens to what is said of it. */
package io.loopscope.systemtests.latency;
