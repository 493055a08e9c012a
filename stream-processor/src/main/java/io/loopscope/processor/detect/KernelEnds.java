package io.loopscope.processor.detect;

import io.loopscope.processor.sockets.KernelEnd;
import io.loopscope.processor.sockets.SocketFacts;
import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What the socket table says about a connection, and what was made of it. */
final class KernelEnds {

    private @Nullable KernelEnd low;
    private @Nullable KernelEnd high;
    private boolean lowOver;
    private boolean highOver;

    /** Its id, given by the table, while no segment of it began the incarnation. */
    @Nullable String seedId;

    Side seedClient = Side.LOW;
    /** When the table made it known, or ended it. */
    long aliveNanos = Connection.NEVER;
    /** It has been told as opened: the table showed it twice. */
    boolean announced;

    /** It has been told as closed since the kernel has ended it without a segment. */
    boolean ended;

    /** Since when one end has been in the table and the other, at two polls, not. */
    long halfOpenNanos = Connection.NEVER;

    /** Another connection shares an end's address and port with it: its tuple is rewritten on the way (NAT, REDIRECT). */
    boolean translated;

    /** It waits to be looked at when the poll is complete. */
    boolean watched;

    /** As last counted in the kernel's census. */
    private TcpState countedLow = TcpState.CLOSED;

    private TcpState countedHigh = TcpState.CLOSED;
    private @Nullable String holderLow;
    private @Nullable String holderHigh;
    int countedLive;
    int countedAgreeing;

    @Nullable KernelEnd end(Side side) {
        return side == Side.LOW ? low : high;
    }

    KernelEnd known(Side side) {
        KernelEnd known = end(side);
        if (known == null) {
            known = new KernelEnd();
            if (side == Side.LOW) {
                low = known;
            } else {
                high = known;
            }
        }
        return known;
    }

    /** What the table shows of an end; null when it shows nothing. */
    @Nullable SocketFacts facts(Side side) {
        KernelEnd end = end(side);
        return end == null ? null : end.facts();
    }

    TcpState counted(Side side) {
        return side == Side.LOW ? countedLow : countedHigh;
    }

    void counted(Side side, TcpState state) {
        if (side == Side.LOW) {
            countedLow = state;
        } else {
            countedHigh = state;
        }
    }

    @Nullable String countedHolder(Side side) {
        return side == Side.LOW ? holderLow : holderHigh;
    }

    void countedHolder(Side side, @Nullable String holder) {
        if (side == Side.LOW) {
            holderLow = holder;
        } else {
            holderHigh = holder;
        }
    }

    boolean anyPresent() {
        return (low != null && low.present()) || (high != null && high.present());
    }

    /** As nearly all connections are: both ends established, owned, and nothing waits to be read or sent. */
    boolean isHealthy() {
        return !lowOver && !highOver && halfOpenNanos == Connection.NEVER && isHealthy(low) && isHealthy(high);
    }

    private static boolean isHealthy(@Nullable KernelEnd end) {
        return end == null
                || (end.state() == TcpState.ESTABLISHED
                        && end.unownedSinceNanos() == Connection.NEVER
                        && end.stalledSinceNanos() == Connection.NEVER
                        && end.receiveQueueGrown() == 0);
    }

    /** The kernel has ended it without a segment. */
    boolean isOver(Side side) {
        return side == Side.LOW ? lowOver : highOver;
    }

    void over(Side side, boolean over) {
        if (side == Side.LOW) {
            lowOver = over;
        } else {
            highOver = over;
        }
    }

    /** A new incarnation has begun: what was concluded about the one before is over. */
    void restart() {
        lowOver = false;
        highOver = false;
        ended = false;
        translated = false;
        halfOpenNanos = Connection.NEVER;
        seedId = null;
        announced = false;
    }

    /** The table is not read any more. */
    void forget() {
        low = null;
        high = null;
        restart();
    }

    void writeTo(DataOutput output) throws IOException {
        write(low, output);
        write(high, output);
        output.writeBoolean(lowOver);
        output.writeBoolean(highOver);
        output.writeBoolean(seedId != null);
        if (seedId != null) {
            output.writeUTF(seedId);
        }
        StoredEnum.write(seedClient, output);
        output.writeLong(aliveNanos);
        output.writeBoolean(announced);
        output.writeBoolean(ended);
        output.writeBoolean(translated);
        output.writeLong(halfOpenNanos);
        output.writeByte(countedLive);
        output.writeByte(countedAgreeing);
        output.writeBoolean(watched);
    }

    private static void write(@Nullable KernelEnd end, DataOutput output) throws IOException {
        output.writeBoolean(end != null);
        if (end != null) {
            end.writeTo(output);
        }
    }

    static KernelEnds readFrom(DataInput input, boolean withNames) throws IOException {
        KernelEnds read = new KernelEnds();
        read.low = input.readBoolean() ? KernelEnd.readFrom(input, withNames) : null;
        read.high = input.readBoolean() ? KernelEnd.readFrom(input, withNames) : null;
        read.lowOver = input.readBoolean();
        read.highOver = input.readBoolean();
        read.seedId = input.readBoolean() ? input.readUTF() : null;
        read.seedClient = StoredEnum.read(Side.values(), input);
        read.aliveNanos = input.readLong();
        read.announced = input.readBoolean();
        read.ended = input.readBoolean();
        read.translated = input.readBoolean();
        read.halfOpenNanos = input.readLong();
        read.countedLive = input.readUnsignedByte();
        read.countedAgreeing = input.readUnsignedByte();
        read.watched = input.readBoolean();
        return read;
    }
}
