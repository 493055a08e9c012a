package io.loopscope.processor.sockets;

import io.loopscope.processor.tcp.TcpState;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel says about a socket, without its addresses.
 *
 * @param state its state; CLOSED for a listener
 * @param inode inode of the socket; 0 when no process has it: not accepted yet, orphan, TIME_WAIT, SYN_RECEIVED
 * @param cookie unique until the next boot; 0 where unknown
 * @param uid user id of the owner; -1 where unknown
 * @param owner a process that holds it; null when nobody looked, or nobody does
 * @param receiveQueue octets not read by the application; for a listener: connections that wait for accept()
 * @param sendQueue octets not acknowledged; for a listener: the backlog
 * @param peerWindow window that the peer advertised last, octets; null when unknown
 */
public record SocketFacts(
        TcpState state,
        long inode,
        long cookie,
        int uid,
        @Nullable Owner owner,
        long receiveQueue,
        long sendQueue,
        @Nullable Long peerWindow) {

    private static final TcpState[] STATES = TcpState.values();
    private static final long UNKNOWN = -1;

    /** It is the same socket, as far as that can be told. */
    boolean isSameSocketAs(SocketFacts other) {
        if (cookie != 0 && other.cookie != 0) {
            return cookie == other.cookie;
        }
        return inode == other.inode || inode == 0 || other.inode == 0;
    }

    /** Owners are looked up for suspects only: who was found once stays known while it is the same socket. */
    SocketFacts after(@Nullable SocketFacts before) {
        return owner == null && before != null && before.owner != null && inode == before.inode && inode != 0
                ? new SocketFacts(state, inode, cookie, uid, before.owner, receiveQueue, sendQueue, peerWindow)
                : this;
    }

    /** It wants to send and may not: the peer has closed its window. */
    boolean isStalled() {
        return sendQueue > 0 && peerWindow != null && peerWindow == 0;
    }

    // An octet: states may only grow at the end of their enum.
    @SuppressWarnings("EnumOrdinal")
    void writeTo(DataOutput output) throws IOException {
        output.writeByte(state.ordinal());
        output.writeLong(inode);
        output.writeLong(cookie);
        output.writeInt(uid);
        Owner.write(owner, output);
        output.writeLong(receiveQueue);
        output.writeLong(sendQueue);
        output.writeLong(peerWindow == null ? UNKNOWN : peerWindow);
    }

    static SocketFacts readFrom(DataInput input) throws IOException {
        return new SocketFacts(
                state(input),
                input.readLong(),
                input.readLong(),
                input.readInt(),
                Owner.read(input),
                input.readLong(),
                input.readLong(),
                known(input.readLong()));
    }

    private static TcpState state(DataInput input) throws IOException {
        int place = input.readUnsignedByte();
        if (place >= STATES.length) {
            throw new IOException("stored by a later version: no state number " + place);
        }
        return STATES[place];
    }

    private static @Nullable Long known(long number) {
        return number == UNKNOWN ? null : (Long) number;
    }
}
