package io.loopscope.processor.sockets;

import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.TcpState;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What the socket table says about one end of a connection, and since when. Not thread-safe. */
public final class KernelEnd {

    private static final long NEVER = Connection.NEVER;

    /** Ages are in milliseconds and vary a little from poll to poll: only more than this is new activity. */
    private static final long ACTIVITY_NANOS = 1_000_000_000L;

    /** Null while it is not in the table. */
    private @Nullable SocketFacts facts;

    private long sinceNanos = NEVER;
    private long quietNanos = NEVER;
    private long stalledNanos = NEVER;
    private long unownedNanos = NEVER;
    private int grown;
    private long grownNanos = NEVER;
    /** The poll that named it last. */
    private long namedNanos = NEVER;
    /** That will be asked later: stored, because the processor may be restarted meanwhile. */
    private boolean nameKept;

    /**
     * A report names it.
     *
     * @param keepName somebody may ask later, after a restart perhaps, which poll has named it
     * @return whether anything has changed that is worth storing
     */
    public boolean report(KernelSocket socket, boolean keepName, long readNanos) {
        boolean naming = nameKept || keepName;
        namedNanos = readNanos;
        nameKept = keepName;
        SocketFacts before = facts;
        if (before != null && !before.isSameSocketAs(socket.facts())) {
            before = null;
            forget();
        }
        SocketFacts now = socket.facts().after(before);
        facts = now;
        boolean moved = before == null || before.state() != now.state();
        if (moved) {
            sinceNanos = readNanos;
        }
        boolean active = quiet(socket, moved, readNanos);
        stalledNanos = since(stalledNanos, now.isStalled(), readNanos);
        unownedNanos = since(unownedNanos, now.inode() == 0, readNanos);
        if (before != null) {
            grow(before.receiveQueue(), now.receiveQueue(), readNanos);
        }
        return naming || active || !now.equals(before);
    }

    private static long since(long before, boolean holds, long nowNanos) {
        if (!holds) {
            return NEVER;
        }
        return before == NEVER ? nowNanos : before;
    }

    private boolean quiet(KernelSocket socket, boolean moved, long readNanos) {
        long quiet = moved ? socket.quietSinceNanos(readNanos) : socket.restingSinceNanos(readNanos);
        if (quiet == NEVER) {
            // Without ages a new state is the only activity that shows.
            quiet = moved ? readNanos : quietNanos;
        }
        if (quietNanos != NEVER && quiet - quietNanos < ACTIVITY_NANOS) {
            return false;
        }
        quietNanos = quiet;
        return true;
    }

    private void grow(long before, long now, long readNanos) {
        if (now < before || now == 0) {
            grown = 0;
            grownNanos = NEVER;
        } else if (now > before) {
            grown++;
            grownNanos = grownNanos == NEVER ? readNanos : grownNanos;
        }
    }

    /** It has left the table, or a full poll did not name it. */
    public void gone(long readNanos) {
        if (facts != null) {
            facts = null;
            forget();
            sinceNanos = readNanos;
        }
    }

    private void forget() {
        quietNanos = NEVER;
        stalledNanos = NEVER;
        unownedNanos = NEVER;
        grown = 0;
        grownNanos = NEVER;
    }

    /** A full poll is over: did it name this end? */
    public boolean namedAt(long readNanos) {
        return namedNanos == readNanos;
    }

    /** A poll of that time or a later one named it. */
    public boolean namedSince(long nanos) {
        return namedNanos != NEVER && namedNanos >= nanos;
    }

    /** A socket that left with this cookie is this one. */
    public boolean isSocket(long cookie) {
        return facts != null && (cookie == 0 || facts.cookie() == 0 || facts.cookie() == cookie);
    }

    /** It is in the table. */
    public boolean present() {
        return facts != null;
    }

    /** What the table says; null when it is not there. */
    public @Nullable SocketFacts facts() {
        return facts;
    }

    /** Its state; CLOSED when it is not in the table. */
    public TcpState state() {
        return facts == null ? TcpState.CLOSED : facts.state();
    }

    /** The first poll that had it in this state, or not any more. */
    public long sinceNanos() {
        return sinceNanos;
    }

    /** Since when it has neither sent nor received, as far as the kernel says; at the latest since it was first seen. */
    public long quietSinceNanos() {
        return quietNanos;
    }

    /** Since when it has had something to send into a closed window; {@link Connection#NEVER} when it has not. */
    public long stalledSinceNanos() {
        return stalledNanos;
    }

    /** Since when no process has it; {@link Connection#NEVER} when one does. */
    public long unownedSinceNanos() {
        return unownedNanos;
    }

    /** How often in a row its receive queue was longer than before, and never shorter. */
    public int receiveQueueGrown() {
        return grown;
    }

    /** The first of those polls; {@link Connection#NEVER} when there is none. */
    public long receiveQueueGrownSinceNanos() {
        return grownNanos;
    }

    /** Writes what {@link #readFrom} reads. */
    public void writeTo(DataOutput output) throws IOException {
        output.writeBoolean(facts != null);
        if (facts != null) {
            facts.writeTo(output);
        }
        output.writeLong(sinceNanos);
        output.writeLong(quietNanos);
        output.writeLong(stalledNanos);
        output.writeLong(unownedNanos);
        output.writeInt(grown);
        output.writeLong(grownNanos);
        output.writeBoolean(nameKept);
        if (nameKept) {
            output.writeLong(namedNanos);
        }
    }

    /**
     * Reads what {@link #writeTo} wrote.
     *
     * @param withNames false for what was written before the polls that name it were stored
     */
    public static KernelEnd readFrom(DataInput input, boolean withNames) throws IOException {
        KernelEnd end = new KernelEnd();
        end.facts = input.readBoolean() ? SocketFacts.readFrom(input) : null;
        end.sinceNanos = input.readLong();
        end.quietNanos = input.readLong();
        end.stalledNanos = input.readLong();
        end.unownedNanos = input.readLong();
        end.grown = input.readInt();
        end.grownNanos = input.readLong();
        end.nameKept = withNames && input.readBoolean();
        end.namedNanos = end.nameKept ? input.readLong() : NEVER;
        return end;
    }
}
