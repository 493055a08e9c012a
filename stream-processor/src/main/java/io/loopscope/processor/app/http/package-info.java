/**
 * The processor's HTTP server. It is the JDK's own: no further jars, the same as the agent's, and a response that is
 * written piece by piece (server-sent events) is all that a page will need of it.
 */
@org.jspecify.annotations.NullMarked
package io.loopscope.processor.app.http;
