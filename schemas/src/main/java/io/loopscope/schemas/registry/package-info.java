/** A Confluent-compatible schema registry: its settings, a small client, and what it knows kept on disk. */
package io.loopscope.schemas.registry;
