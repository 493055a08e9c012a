package io.loopscope.agent.sockets;

import org.jspecify.annotations.Nullable;

/**
 * A socket as a poll found it.
 *
 * @param entry what the kernel says
 * @param owner the process that has it open; null when it has none, is no suspect, or could not be found
 * @param firstSeenNs when a poll first found it, nanoseconds since 1970-01-01T00:00:00Z
 */
public record PolledSocket(SocketEntry entry, @Nullable SocketOwner owner, long firstSeenNs) {

    /**
     * Whether readers should hear of it again.
     *
     * @param told what they heard last
     */
    boolean differsFrom(PolledSocket told) {
        SocketEntry then = told.entry;
        return entry.state() != then.state()
                || entry.inode() != then.inode()
                || entry.timer() != then.timer()
                || entry.retransmits() != then.retransmits()
                || (entry.peerWindow() == 0) != (then.peerWindow() == 0)
                || hasMovedMuch(then.sendQueue(), entry.sendQueue())
                || queueOfReceiverDiffers(then)
                || ownerDiffers(told.owner);
    }

    /** Each connection that waits for accept() counts; of octets only the order of magnitude. */
    private boolean queueOfReceiverDiffers(SocketEntry then) {
        return entry.state() == SocketState.LISTEN
                ? entry.receiveQueue() != then.receiveQueue()
                : hasMovedMuch(then.receiveQueue(), entry.receiveQueue());
    }

    private static boolean hasMovedMuch(long then, long now) {
        return (then == 0) != (now == 0) || (now > then && now >= 2 * then) || (then > now && then >= 2 * now);
    }

    private boolean ownerDiffers(@Nullable SocketOwner told) {
        return owner == null
                ? told != null
                : told == null || owner.pid() != told.pid() || owner.fileDescriptor() != told.fileDescriptor();
    }
}
