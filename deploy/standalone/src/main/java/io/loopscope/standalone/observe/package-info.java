/** Records on Kafka as people and programs read them: merged by time, filtered, as lines of text or of JSON. */
@org.jspecify.annotations.NullMarked
package io.loopscope.standalone.observe;
