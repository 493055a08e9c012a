package io.loopscope.agent.sockets;

import java.util.List;

/**
 * One reading of the table, ready to be told.
 *
 * @param id counts the polls of an agent run from 0
 * @param timeNs when it began, nanoseconds since 1970-01-01T00:00:00Z
 * @param full whether every socket is told, or only what changed
 * @param sockets what is told
 * @param gone what is not in the table any more, as it was told last
 * @param facts about the whole namespace
 */
public record SocketPoll(
        long id, long timeNs, boolean full, List<PolledSocket> sockets, List<SocketEntry> gone, NamespaceFacts facts) {}
