/** The contract on Kafka: connection key, topics, and how records become bytes. */
package io.loopscope.schemas;
