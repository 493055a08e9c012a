package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.TcpState;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;

/**
 * Ends that pile up: the number of a listener's ends in CLOSE-WAIT, or of its idle established connections, looked at once
 * per interval, has grown over several intervals without falling. Idle connections have to grow in each of them, since a
 * pool that fills grows now and then.
 */
final class ConnectionLeak extends Alarm {

    private static final double NANOS_PER_MINUTE = 60e9;

    /** More intervals than any setting: it fell, so it is not growing. */
    private static final int FELL = 1_000_000;

    private final Series closeWait = new Series();
    private final Series idle = new Series();

    ConnectionLeak(HostContext host, ListenerMonitor listener) {
        super(host, listener, AnomalyName.CONNECTION_LEAK);
    }

    /** Begins to look when there is something to look at. */
    void mayHaveChanged(long nowNanos) {
        if ((closeWait() > 0 || idle() > 0) && !armed() && !isOff()) {
            closeWait.begin(0, nowNanos);
            idle.begin(0, nowNanos);
            lookAgain(nowNanos, settings().intervalNanos());
        }
    }

    @Override
    void due(long atNanos) {
        closeWait.look(closeWait(), atNanos);
        idle.look(idle(), atNanos);
        long intervals = settings().countOrOne();
        if (closeWait.grows(intervals) || idle.growsInEach(intervals)) {
            count = growing() == closeWait ? closeWait() : idle();
            open(growing().sinceNanos, atNanos);
        } else if (isOpen() && subsided(atNanos)) {
            close(ClearReason.SUBSIDED, atNanos);
        }
        if (isOpen() || closeWait() > 0 || idle() > 0) {
            lookAgain(atNanos, settings().intervalNanos());
        }
        changed();
    }

    /** It has stopped growing, or fell. */
    @Override
    boolean subsided(long nowNanos) {
        long intervals = settings().countOrOne();
        return closeWait.still(intervals) && idle.still(intervals);
    }

    private Series growing() {
        return closeWait.grows(settings().countOrOne()) ? closeWait : idle;
    }

    private int closeWait() {
        return listener == null
                ? 0
                : listener.census.count(Role.SERVER, TcpState.CLOSE_WAIT)
                        + listener.census.count(Role.CLIENT, TcpState.CLOSE_WAIT);
    }

    private int idle() {
        return listener == null ? 0 : listener.idle();
    }

    @Override
    String explain(long nowNanos) {
        Series growing = growing();
        return "%s of %s %s now, %s more than %s ago, and have not become fewer in between: about %s a minute leak."
                .formatted(
                        growing == closeWait ? closeWait() + " ends" : idle() + " connections",
                        where(),
                        growing == closeWait ? "are in CLOSE-WAIT" : "are idle",
                        growing.growth(),
                        Words.duration(nowNanos - growing.sinceNanos),
                        perMinute(growing, nowNanos));
    }

    @Override
    void attributes(Map<String, String> attributes) {
        attributes.put("close_wait", Integer.toString(closeWait()));
        attributes.put("idle_established", Integer.toString(idle()));
        attributes.put("growth_per_minute", perMinute(growing(), host.nowNanos()));
    }

    private static String perMinute(Series series, long nowNanos) {
        double minutes = Math.max(1, nowNanos - series.sinceNanos) / NANOS_PER_MINUTE;
        return String.format(Locale.ROOT, "%.1f", series.growth() / minutes);
    }

    @Override
    void writeTo(DataOutput output) throws IOException {
        super.writeTo(output);
        closeWait.writeTo(output);
        idle.writeTo(output);
    }

    @Override
    void readFrom(DataInput input) throws IOException {
        super.readFrom(input);
        closeWait.readFrom(input);
        idle.readFrom(input);
    }

    /** A number looked at once per interval, as long as it does not fall. */
    private static final class Series {

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
}
