/**
 * Several brokers, several processors, several agents, and a storm that kills and stops them at random: what comes out
 * has to be what an undisturbed run makes of the same input.
 */
package io.loopscope.systemtests.nodes;
