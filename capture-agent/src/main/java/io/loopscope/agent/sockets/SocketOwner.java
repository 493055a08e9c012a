package io.loopscope.agent.sockets;

/**
 * A process that has a socket open.
 *
 * @param pid its number, more than 0
 * @param process its name, as {@code ps -o comm} prints it; empty when it ended meanwhile
 * @param fileDescriptor the socket's number in that process
 * @param openFiles how many file descriptors it has open; {@link SocketEntry#UNKNOWN} when it may not be read
 * @param openFilesLimit how many it may have open, its soft RLIMIT_NOFILE; {@link SocketEntry#UNKNOWN} when it may not
 *     be read or there is no limit
 */
public record SocketOwner(int pid, String process, int fileDescriptor, long openFiles, long openFilesLimit) {

    /** The same socket, with what is known of the process by now. */
    SocketOwner withProcess(SocketOwner process) {
        return new SocketOwner(process.pid, process.process, fileDescriptor, process.openFiles, process.openFilesLimit);
    }
}
