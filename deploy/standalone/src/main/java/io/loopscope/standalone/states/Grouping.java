package io.loopscope.standalone.states;

import java.util.Locale;
import java.util.Set;

/** What sockets are counted by. */
enum Grouping {
    /** The server's port, for both ends of its connections. */
    PORT,
    /** The process that has it open. */
    PROCESS,
    /** The other end's address. */
    ADDRESS;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The group of a socket.
     *
     * @param listening ports that somebody listens on here
     */
    String of(SocketLine line, Set<Integer> listening) {
        return switch (this) {
            case PORT -> Integer.toString(serverPort(line, listening));
            case PROCESS -> line.process();
            case ADDRESS -> line.address();
        };
    }

    /** The local port if somebody listens on it, else the remote one if so; without a listener the lower one is taken. */
    private static int serverPort(SocketLine line, Set<Integer> listening) {
        int local = line.entry().local().port();
        int remote = line.entry().remote().port();
        if (listening.contains(local) || remote == 0) {
            return local;
        }
        return listening.contains(remote) ? remote : Math.min(local, remote);
    }
}
