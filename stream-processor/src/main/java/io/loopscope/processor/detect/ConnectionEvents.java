package io.loopscope.processor.detect;

import io.loopscope.processor.detect.ConnectionChange.Cause;
import io.loopscope.processor.detect.ConnectionChange.StateChange;
import io.loopscope.processor.detect.ConnectionChange.Type;
import io.loopscope.processor.tcp.CloseReason;
import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.ConnectionListener;
import io.loopscope.processor.tcp.Endpoint;
import io.loopscope.processor.tcp.Notice;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.Signal;
import io.loopscope.processor.tcp.TcpState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns what the TCP core tells into connection events: one event per segment or timer and incarnation, with all state
 * changes in it. Passes the rest on to the {@link Happenings}.
 */
final class ConnectionEvents implements ConnectionListener {

    private final HostContext host;
    private final Happenings happenings;

    private @Nullable Tracked tracked;
    private @Nullable Segment segment;
    private final List<StateChange> changes = new ArrayList<>();
    /** How the connection was before, when that may be needed after it is replaced. */
    private @Nullable ConnectionView before;

    private boolean opened;
    /** The segment is the first of a connection that the table had made known: what it proves is no news. */
    private boolean adopted;

    private long atNanos;

    ConnectionEvents(HostContext host, Happenings happenings) {
        this.host = host;
        this.happenings = happenings;
    }

    /** What follows is about this connection. */
    void begin(Tracked about, @Nullable Segment cause) {
        tracked = about;
        segment = cause;
        boolean known = about.kernel != null && about.kernel.announced && about.onlyInTable();
        before = known || about.hasHappening() ? about.view() : null;
    }

    /** Publishes what is left. */
    void end() {
        flush();
        happenings.end(current());
        tracked = null;
        segment = null;
        adopted = false;
    }

    /** What was being told failed: nothing of it is left for the next connection. */
    void abort() {
        happenings.abort();
        changes.clear();
        before = null;
        opened = false;
        tracked = null;
        segment = null;
        adopted = false;
    }

    @Override
    public void opened(Connection connection, long at) {
        flush();
        Tracked about = current();
        if (isKnownFromTable(about)) {
            adopted = true;
            return;
        }
        if (about.kernel != null) {
            replaceSeed(about, about.kernel, at);
        }
        about.events = 0;
        about.handshakeCounted = false;
        about.retransmissions = 0;
        about.retransmissionsSince = Rule.NEVER;
        opened = true;
        atNanos = at;
        host.counters.add(Counters.Counter.CONNECTIONS_OPENED, 1);
        happenings.opened(about, before, told(at));
    }

    /** In mid-stream: it is the connection that the table shows. */
    private static boolean isKnownFromTable(Tracked about) {
        KernelEnds kernel = about.kernel;
        return kernel != null
                && kernel.announced
                && !kernel.ended
                && about.connection.partial()
                && about.connection.incarnations() == 1;
    }

    /** What the table had made known is not what begins now. */
    private void replaceSeed(Tracked about, KernelEnds kernel, long at) {
        boolean told = kernel.announced && !kernel.ended && about.connection.incarnations() == 1;
        if (told) {
            atNanos = at;
            about.speakOf(before);
            publish(Type.CLOSED, Summaries.endReason(CloseReason.TUPLE_REUSED));
            about.speakOf(null);
        }
        kernel.restart();
    }

    private static boolean isEnded(Tracked about) {
        return about.kernel != null && about.kernel.ended;
    }

    /** The table has made a connection known. */
    void announced(Tracked about, KernelEnds kernel, long at) {
        begin(about, null);
        atNanos = at;
        about.events = 0;
        kernel.announced = true;
        host.counters.add(Counters.Counter.CONNECTIONS_OPENED, 1);
        publish(Type.OPENED, null);
        end();
    }

    /** The kernel has ended ends without a segment; both of them, or one. */
    void endedByKernel(Tracked about, List<StateChange> moved, boolean both, long at) {
        KernelEnds kernel = about.kernel;
        if (kernel == null) {
            throw new IllegalStateException("an end by the table of what the table does not know: " + about.tuple());
        }
        begin(about, null);
        atNanos = at;
        changes.addAll(moved);
        if (both) {
            boolean finished = about.connection.finished();
            publish(Type.CLOSED, finished ? Summaries.endReason(CloseReason.FINISHED) : Summaries.EXPIRED);
            host.counters.add(Counters.Counter.CONNECTIONS_CLOSED, 1);
            kernel.ended = true;
            kernel.aliveNanos = at;
        }
        end();
    }

    @Override
    public void stateChanged(Connection connection, Side side, TcpState from, TcpState to, Signal cause, long at) {
        if (adopted) {
            return;
        }
        if (at != atNanos && !changes.isEmpty()) {
            flush();
        }
        atNanos = at;
        changes.add(new StateChange(current().role(side), from, to));
    }

    @Override
    public void closed(Connection connection, CloseReason reason, long at) {
        if (opened) {
            flush();
        }
        atNanos = at;
        if (isEnded(current())) {
            return; // told already
        }
        publish(Type.CLOSED, Summaries.endReason(reason));
        host.counters.add(Counters.Counter.CONNECTIONS_CLOSED, 1);
        happenings.closed(current(), reason, told(at));
    }

    @Override
    public void retired(Connection connection, long at) {
        host.retired.retired(current()::id, connection);
    }

    @Override
    public void noticed(Connection connection, Notice notice, Side side, long at) {
        host.counters.add(notice);
        happenings.noticed(current(), notice, side, told(at));
    }

    /** The connection is given up while it is open. */
    void givenUp(Tracked about, String endReason, long at) {
        begin(about, null);
        atNanos = at;
        publish(Type.CLOSED, endReason);
        host.counters.add(Counters.Counter.CONNECTIONS_CLOSED, 1);
        end();
    }

    /** As {@link #givenUp}, after its handling failed. It may have been over just now, without that having been told. */
    void setAside(Tracked about, long at) {
        if (about.kernel != null) {
            about.kernel.ended = false;
        }
        givenUp(about, Summaries.QUARANTINED, at);
    }

    private void flush() {
        if (opened) {
            opened = false;
            publish(Type.OPENED, null);
        } else if (!changes.isEmpty()) {
            publish(Type.STATE_CHANGED, null);
        }
    }

    private void publish(Type type, @Nullable String endReason) {
        Tracked about = current();
        if (isEnded(about)) {
            changes.clear();
            return; // its end was told already
        }
        if (host.out().wantsConnectionEvents()) {
            ConnectionSummary summary = endReason == null ? null : Summaries.of(about, endReason);
            host.out()
                    .publish(new ConnectionChange(
                            type, about.events, atNanos, about.view(), changes, cause(about), summary));
        }
        about.events++;
        changes.clear();
    }

    /** A segment may be believed only when a later one confirms it: what follows from it, follows now. */
    private long told(long at) {
        return segment == null ? at : Math.max(at, segment.firstNanos());
    }

    private @Nullable Cause cause(Tracked about) {
        Segment of = segment;
        if (of == null) {
            return null;
        }
        Endpoint sender = about.end(of.sender());
        Endpoint receiver = about.peer(of.sender());
        long sequence = Integer.toUnsignedLong(of.sequence());
        long acknowledgment = Integer.toUnsignedLong(of.acknowledgment());
        return new Cause(
                about.role(of.sender()),
                of.flags(),
                of.syn() ? sequence : relative(sequence, sender),
                of.ack() ? relative(acknowledgment, receiver) : 0,
                of.window(),
                of.payloadOctets());
    }

    /** Modulo 2³²; as it is when the initial sequence number is not known. */
    private static long relative(long number, Endpoint end) {
        return end.initialSequenceKnown() ? (number - end.initialSequence()) & 0xFFFF_FFFFL : number;
    }

    private Tracked current() {
        Tracked about = tracked;
        if (about == null) {
            throw new IllegalStateException("an event of no connection");
        }
        return about;
    }
}
