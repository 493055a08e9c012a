/**
 * The kernel's socket table, and what the agent learns from it: which connections are the pipeline's own, so that it
 * does not capture its own publishing in an endless loop.
 */
@org.jspecify.annotations.NullMarked
package io.loopscope.agent.sockets;
