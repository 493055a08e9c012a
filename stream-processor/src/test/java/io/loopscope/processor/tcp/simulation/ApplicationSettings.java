package io.loopscope.processor.tcp.simulation;

/**
 * What a program does by itself.
 *
 * @param closeAfterEofNanos how long after the peer's FIN it closes; 0 at once, negative never
 * @param answers octets it sends for each arrival of data, 0 for none
 */
record ApplicationSettings(long closeAfterEofNanos, int answers) {}
