/** A Kafka broker in this JVM: one KRaft node, its state folder, and the topics of the catalogue. */
@org.jspecify.annotations.NullMarked
package io.loopscope.standalone.broker;
