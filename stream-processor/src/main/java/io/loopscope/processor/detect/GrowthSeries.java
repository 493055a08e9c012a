package io.loopscope.processor.detect;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** A number looked at once per interval, as long as it does not fall. */
final class GrowthSeries {

    /** More intervals than any setting: it fell, so it is not growing. */
    private static final int FELL = 1_000_000;

    private int first;
    private int last;
    private int intervals;
    private int grownInARow;
    private int unchanged;
    private long sinceNanos = Rule.NEVER;

    void begin(int number, long nowNanos) {
        first = number;
        last = number;
        intervals = 0;
        grownInARow = 0;
        unchanged = 0;
        sinceNanos = nowNanos;
    }

    void look(int number, long nowNanos) {
        if (number < last || number == 0) {
            begin(number, nowNanos);
            unchanged = FELL;
            return;
        }
        intervals++;
        grownInARow = number > last ? grownInARow + 1 : 0;
        unchanged = number > last ? 0 : Math.min(FELL, unchanged + 1);
        last = number;
    }

    /** So many were there before anybody looked: they are no growth. */
    void wereThere(int number) {
        if (first == 0 && last == 0 && intervals == 0) {
            first = number;
            last = number;
        }
    }

    int last() {
        return last;
    }

    long sinceNanos() {
        return sinceNanos;
    }

    int growth() {
        return last - first;
    }

    /** Never fell, grew by one per interval on average, and just now. */
    boolean grows(long over) {
        return intervals >= over && growth() >= over && unchanged == 0;
    }

    boolean growsInEach(long over) {
        return grownInARow >= over;
    }

    boolean still(long over) {
        return unchanged >= over;
    }

    void writeTo(DataOutput output) throws IOException {
        output.writeInt(first);
        output.writeInt(last);
        output.writeInt(intervals);
        output.writeInt(grownInARow);
        output.writeInt(unchanged);
        output.writeLong(sinceNanos);
    }

    void readFrom(DataInput input) throws IOException {
        first = input.readInt();
        last = input.readInt();
        intervals = input.readInt();
        grownInARow = input.readInt();
        unchanged = input.readInt();
        sinceNanos = input.readLong();
    }
}
