/** Capture files to connections, transitions and anomalies, without Kafka. */
package io.loopscope.standalone.analyze;
