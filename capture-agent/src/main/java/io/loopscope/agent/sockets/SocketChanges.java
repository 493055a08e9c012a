package io.loopscope.agent.sockets;

import java.util.List;

/**
 * What one poll has to tell.
 *
 * @param sockets new and changed ones; all, when everything was to be told
 * @param gone sockets that were told of before and are not in the table any more, with what was told last
 */
record SocketChanges(List<PolledSocket> sockets, List<SocketEntry> gone) {}
