package io.loopscope.processor.tcp;

import java.util.Arrays;

/**
 * Ranges of sequence numbers that were skipped, lowest first. At most {@link #LIMIT}: with more, the lowest is forgotten,
 * and octets that come for it later count as a repetition.
 */
final class Holes {

    static final int LIMIT = 16;

    /** {@code [from, to)} pairs. */
    private int[] bounds = new int[4];

    private int count;
    /** When the newest of them was made. */
    long madeNanos;

    boolean isEmpty() {
        return count == 0;
    }

    /** A hole above all others. */
    void add(int from, int to) {
        if (count == LIMIT) {
            remove(0);
        }
        insert(count, from, to);
    }

    /** What ends before this number will not be filled any more. */
    void forgetBefore(int sequence) {
        while (count > 0 && Seq.atOrBefore(bounds[1], sequence)) {
            remove(0);
        }
    }

    /** Octets {@code [from, to)} came; tells how many of them were missing. */
    int fill(int from, int to) {
        int filled = 0;
        for (int i = count - 1; i >= 0; i--) {
            int holeFrom = bounds[2 * i];
            int holeTo = bounds[2 * i + 1];
            int begin = Seq.later(from, holeFrom);
            int end = Seq.before(to, holeTo) ? to : holeTo;
            if (Seq.before(begin, end)) {
                filled += end - begin;
                cut(i, begin, end);
            }
        }
        return filled;
    }

    /** Takes {@code [begin, end)} out of a hole: it shrinks, splits or is gone. */
    private void cut(int i, int begin, int end) {
        int holeTo = bounds[2 * i + 1];
        if (bounds[2 * i] == begin) {
            if (end == holeTo) {
                remove(i);
            } else {
                bounds[2 * i] = end;
            }
            return;
        }
        bounds[2 * i + 1] = begin;
        if (end != holeTo && count < LIMIT) {
            insert(i + 1, end, holeTo);
        }
    }

    /** Octets between the two numbers that are missing. */
    int octetsWithin(int from, int to) {
        int octets = 0;
        for (int i = 0; i < count; i++) {
            octets += Math.max(0, overlap(i, from, to));
        }
        return octets;
    }

    /** Holes between the two numbers, whole or in part. */
    int countWithin(int from, int to) {
        int within = 0;
        for (int i = 0; i < count; i++) {
            within += overlap(i, from, to) > 0 ? 1 : 0;
        }
        return within;
    }

    private int overlap(int i, int from, int to) {
        int begin = Seq.later(from, bounds[2 * i]);
        int end = Seq.before(to, bounds[2 * i + 1]) ? to : bounds[2 * i + 1];
        return end - begin;
    }

    /** Something at or after this number is missing. */
    boolean anyFrom(int sequence) {
        return count > 0 && Seq.after(bounds[2 * count - 1], sequence);
    }

    int size() {
        return count;
    }

    int from(int i) {
        return bounds[2 * i];
    }

    int to(int i) {
        return bounds[2 * i + 1];
    }

    private void insert(int i, int from, int to) {
        if (2 * count == bounds.length) {
            bounds = Arrays.copyOf(bounds, 2 * bounds.length);
        }
        System.arraycopy(bounds, 2 * i, bounds, 2 * i + 2, 2 * (count - i));
        bounds[2 * i] = from;
        bounds[2 * i + 1] = to;
        count++;
    }

    private void remove(int i) {
        count--;
        System.arraycopy(bounds, 2 * i + 2, bounds, 2 * i, 2 * (count - i));
    }
}
