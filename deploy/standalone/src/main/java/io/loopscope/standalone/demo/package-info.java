/** A small real server with a bug, and its clients, so that a newcomer sees an anomaly come and go. */
@org.jspecify.annotations.NullMarked
package io.loopscope.standalone.demo;
