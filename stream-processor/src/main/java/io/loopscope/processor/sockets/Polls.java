package io.loopscope.processor.sockets;

import io.loopscope.processor.tcp.Connection;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Which polls of the socket table have come, and what can be concluded from them. What is in the table is known at once;
 * that something is <em>not</em> in it is known only while no poll is missing since a full one. A new agent run begins
 * with nothing known to be absent, and so does the time after a missing poll.
 */
public final class Polls {

    /** A packet that is so much older than a poll was seen by the kernel before the table was read, however slowly. */
    static final long RACE_NANOS = 1_000_000_000L;

    /** An agent that reads the table beside another one takes over when nothing was heard of that one for so long. */
    static final long TAKE_OVER_NANOS = 60_000_000_000L;

    private static final long NEVER = Connection.NEVER;
    private static final long NONE = -1;

    private String bootId = "";
    private long epoch = NONE;
    private long lastPoll = NONE;
    private long lastNanos = NEVER;
    private long previousNanos = NEVER;
    /** When the table was last known as a whole for the first time; NEVER while it is not. */
    private long completeNanos = NEVER;

    private long openPoll = NONE;
    private boolean openIsWhole;

    /**
     * A report has come.
     *
     * @return false when it is to be ignored: it came before, or it is of another agent than the one that is followed
     */
    public boolean accept(String boot, long run, SocketReport report) {
        if (run != epoch || !boot.equals(bootId)) {
            if (isAnotherBeside(boot, run, report.timeNanos())) {
                return false;
            }
            follow(boot, run);
        }
        if (report.pollId() <= lastPoll) {
            return false;
        }
        if (report.pollId() != openPoll) {
            begin(report);
        }
        return true;
    }

    private boolean isAnotherBeside(String boot, long run, long atNanos) {
        return boot.equals(bootId) && run < epoch && lastNanos != NEVER && atNanos - lastNanos < TAKE_OVER_NANOS;
    }

    private void follow(String boot, long run) {
        bootId = boot;
        epoch = run;
        lastPoll = NONE;
        openPoll = NONE;
        lastNanos = NEVER;
        doubt();
    }

    private void begin(SocketReport report) {
        boolean missing = openPoll != NONE || (lastPoll != NONE && report.pollId() != lastPoll + 1);
        if (missing || lastPoll == NONE) {
            doubt();
        }
        openPoll = report.pollId();
        openIsWhole = report.full();
    }

    /** The last report of a poll has been used. */
    public void complete(SocketReport report) {
        previousNanos = isComplete() ? lastNanos : NEVER;
        lastNanos = report.timeNanos();
        lastPoll = report.pollId();
        openPoll = NONE;
        if (openIsWhole && !isComplete()) {
            completeNanos = report.timeNanos();
        }
        openIsWhole = false;
    }

    /** Read from a version that did not store which sockets a poll had named that was under way. */
    public void withoutNames() {
        if (openPoll != NONE) {
            doubt();
        }
    }

    /** Something that the table shows is not remembered any more: until the next full poll absence proves nothing. */
    public void doubt() {
        completeNanos = NEVER;
        previousNanos = NEVER;
        openIsWhole = false;
    }

    /** The table is not read any more. */
    public void forget() {
        follow(bootId, epoch);
    }

    /** The full poll that ends now has named every socket. */
    public boolean endsWhole() {
        return openIsWhole;
    }

    /** No poll is missing: what is not in the table does not exist. */
    public boolean isComplete() {
        return completeNanos != NEVER;
    }

    /** Time of the last poll; {@link Connection#NEVER} before the first of a run. */
    public long lastNanos() {
        return lastNanos;
    }

    /** Time of the complete poll before; {@link Connection#NEVER} when the last one stands alone. */
    public long previousNanos() {
        return previousNanos;
    }

    /** It has been so at two polls. */
    public boolean twice(long sinceNanos) {
        return isComplete() && previousNanos != NEVER && sinceNanos <= previousNanos;
    }

    /**
     * The table is newer than a packet: it was read long enough after it, or twice.
     *
     * @param packetNanos the last packet; {@link Connection#NEVER} when there is none
     * @param sinceNanos the poll since which the table says so
     */
    public boolean newerThan(long packetNanos, long sinceNanos) {
        if (lastNanos == NEVER) {
            return false;
        }
        long read = isComplete() ? lastNanos : sinceNanos;
        boolean longAfter = packetNanos == NEVER || packetNanos + RACE_NANOS <= read;
        return longAfter || (twice(sinceNanos) && packetNanos < previousNanos);
    }

    /** Writes what {@link #readFrom} reads. */
    public void writeTo(DataOutput output) throws IOException {
        output.writeUTF(bootId);
        output.writeLong(epoch);
        output.writeLong(lastPoll);
        output.writeLong(lastNanos);
        output.writeLong(previousNanos);
        output.writeLong(completeNanos);
        output.writeLong(openPoll);
        output.writeBoolean(openIsWhole);
    }

    /** Reads what {@link #writeTo} wrote. */
    public void readFrom(DataInput input) throws IOException {
        bootId = input.readUTF();
        epoch = input.readLong();
        lastPoll = input.readLong();
        lastNanos = input.readLong();
        previousNanos = input.readLong();
        completeNanos = input.readLong();
        openPoll = input.readLong();
        openIsWhole = input.readBoolean();
    }
}
