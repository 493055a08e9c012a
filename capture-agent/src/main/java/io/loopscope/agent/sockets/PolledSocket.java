package io.loopscope.agent.sockets;

import org.jspecify.annotations.Nullable;

/**
 * A socket as a poll found it.
 *
 * @param entry what the kernel says
 * @param owner the process that has it open; null when it has none, is no suspect, or could not be found
 * @param firstSeenNs when a poll first found it, nanoseconds since 1970-01-01T00:00:00Z
 * @param readNs when this poll was made, nanoseconds since 1970-01-01T00:00:00Z
 */
public record PolledSocket(SocketEntry entry, @Nullable SocketOwner owner, long firstSeenNs, long readNs) {
    /** Ages are in milliseconds and vary a little; half of what the processor takes for activity. */
    private static final long ACTIVITY_NS = 500_000_000;

    private static final long NANOS_PER_MS = 1_000_000;

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
                || hasMovedData(told)
                || ownerDiffers(told.owner);
    }

    /** Each connection that waits for accept() counts; of octets only the order of magnitude. */
    private boolean queueOfReceiverDiffers(SocketEntry then) {
        return entry.state() == SocketState.LISTEN
                ? entry.receiveQueue() != then.receiveQueue()
                : hasMovedMuch(then.receiveQueue(), entry.receiveQueue());
    }

    /**
     * On the half that is still open (RFC 9293 3.6.1). Where only control segments are published nothing else shows that a
     * half-closed connection is at work; and few sockets are in these states.
     */
    private boolean hasMovedData(PolledSocket told) {
        return ageOfData() != SocketEntry.UNKNOWN
                && told.ageOfData() != SocketEntry.UNKNOWN
                && lastDataNs() - told.lastDataNs() >= ACTIVITY_NS;
    }

    private long lastDataNs() {
        return readNs - ageOfData() * NANOS_PER_MS;
    }

    private long ageOfData() {
        return switch (entry.state()) {
            case CLOSE_WAIT -> entry.lastSentMs();
            case FIN_WAIT_2 -> entry.lastReceivedMs();
            default -> SocketEntry.UNKNOWN;
        };
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
