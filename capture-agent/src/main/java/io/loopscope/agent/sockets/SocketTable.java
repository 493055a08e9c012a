package io.loopscope.agent.sockets;

import java.io.IOException;
import java.util.function.Consumer;

/** The kernel's TCP sockets in the network namespace of this process. */
public interface SocketTable {
    /** State number of a listening socket, as the kernel counts them. */
    int LISTEN = 10;

    /**
     * One socket. A connection between two processes of this host is two sockets.
     *
     * @param local its own end
     * @param remote its peer; the wildcard for a listening socket
     * @param state the kernel's number of its state
     * @param inode identifies it among the open files of processes; 0 when no process owns it
     */
    record Entry(Endpoint local, Endpoint remote, int state, long inode) {}

    /**
     * Reads the table once. It is no snapshot: sockets may come and go meanwhile.
     *
     * @param reader gets every socket
     * @throws IOException if the table cannot be read
     */
    void read(Consumer<Entry> reader) throws IOException;
}
