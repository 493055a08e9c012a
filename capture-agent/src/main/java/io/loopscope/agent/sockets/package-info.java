/**
 * The kernel's socket table: {@link io.loopscope.agent.sockets.SocketTable} reads it and
 * {@link io.loopscope.agent.sockets.SocketOwners} finds whose a socket is. And what the agent learns from it: which
 * connections are the pipeline's own, so that it does not capture its own publishing in an endless loop.
 */
@org.jspecify.annotations.NullMarked
package io.loopscope.agent.sockets;
