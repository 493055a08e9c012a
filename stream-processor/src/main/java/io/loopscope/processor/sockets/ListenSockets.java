package io.loopscope.processor.sockets;

import io.loopscope.processor.tcp.Connection;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The sockets that listen on one address and port: usually one, several with SO_REUSEPORT. Not thread-safe.
 */
public final class ListenSockets {

    /** More processes than that on one port are told together with the first ones. */
    private static final int REMEMBERED = 64;

    private static final long NEVER = Connection.NEVER;

    /** By cookie, or inode where there is none. */
    private final Map<Long, SocketFacts> sockets = new TreeMap<>();

    private final Map<Long, Long> namedNanos = new TreeMap<>();
    private long goneNanos = NEVER;
    private long replacedNanos = NEVER;

    /** A report names one. */
    public void report(SocketFacts facts, long readNanos) {
        long name = name(facts);
        if (sockets.isEmpty() && goneNanos != NEVER) {
            replacedNanos = readNanos;
        }
        goneNanos = NEVER;
        SocketFacts before = sockets.get(name);
        if (before != null || sockets.size() < REMEMBERED) {
            sockets.put(name, facts.after(before));
            namedNanos.put(name, readNanos);
        }
    }

    private static long name(SocketFacts facts) {
        return facts.cookie() == 0 ? facts.inode() : facts.cookie();
    }

    /** One has left; without a cookie the only one. */
    public void gone(long cookie, long readNanos) {
        if (sockets.remove(cookie) == null && cookie == 0 && sockets.size() == 1) {
            sockets.clear();
        }
        noteGone(readNanos);
    }

    /**
     * A full poll is over: what it did not name has left.
     *
     * @return whether anything has
     */
    public boolean keepNamed(long readNanos) {
        boolean left = sockets.keySet().removeIf(name -> namedNanos.getOrDefault(name, NEVER) != readNanos);
        noteGone(readNanos);
        return left;
    }

    private void noteGone(long readNanos) {
        namedNanos.keySet().retainAll(sockets.keySet());
        if (sockets.isEmpty() && goneNanos == NEVER) {
            goneNanos = readNanos;
        }
    }

    /** Somebody listens. */
    public boolean listening() {
        return !sockets.isEmpty();
    }

    /** Since when nobody listens any more; {@link Connection#NEVER} while somebody does. */
    public long goneSinceNanos() {
        return goneNanos;
    }

    /** When another socket took the place of the one before; {@link Connection#NEVER} when none did. */
    public long replacedNanos() {
        return replacedNanos;
    }

    /** Nobody asks for the change any more. */
    public void replacementIsOld() {
        replacedNanos = NEVER;
    }

    /** The one with the most connections that wait to be accepted; null when nobody listens. */
    public @Nullable SocketFacts fullest() {
        SocketFacts fullest = null;
        for (SocketFacts socket : sockets.values()) {
            if (fullest == null || socket.receiveQueue() > fullest.receiveQueue()) {
                fullest = socket;
            }
        }
        return fullest;
    }

    /** A process that listens; null when unknown. */
    public @Nullable Owner owner() {
        for (SocketFacts socket : sockets.values()) {
            if (socket.owner() != null) {
                return socket.owner();
            }
        }
        return null;
    }

    /** Writes what {@link #readFrom} reads. */
    public void writeTo(DataOutput output) throws IOException {
        output.writeByte(sockets.size());
        for (Map.Entry<Long, SocketFacts> socket : sockets.entrySet()) {
            socket.getValue().writeTo(output);
            output.writeLong(namedNanos.getOrDefault(socket.getKey(), NEVER));
        }
        output.writeLong(goneNanos);
        output.writeLong(replacedNanos);
    }

    /**
     * Reads what {@link #writeTo} wrote.
     *
     * @param withNames false for what was written before the polls that name a socket were stored
     */
    public static ListenSockets readFrom(DataInput input, boolean withNames) throws IOException {
        ListenSockets read = new ListenSockets();
        for (int left = input.readUnsignedByte(); left > 0; left--) {
            SocketFacts facts = SocketFacts.readFrom(input);
            read.sockets.put(name(facts), facts);
            if (withNames) {
                read.namedNanos.put(name(facts), input.readLong());
            }
        }
        read.goneNanos = input.readLong();
        read.replacedNanos = input.readLong();
        return read;
    }
}
