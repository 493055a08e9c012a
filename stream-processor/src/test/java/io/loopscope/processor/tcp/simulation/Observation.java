package io.loopscope.processor.tcp.simulation;

import io.loopscope.processor.tcp.Address;
import io.loopscope.processor.tcp.CloseReason;
import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.ConnectionListener;
import io.loopscope.processor.tcp.Endpoint;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Notice;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.Signal;
import io.loopscope.processor.tcp.TcpSettings;
import io.loopscope.processor.tcp.TcpState;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The core under test, perhaps with a {@link Fault}, fed with what was captured; keeps what it told. */
final class Observation implements ConnectionListener {

    private static final int LOW_PORT = 13306;
    private static final int HIGH_PORT = 59994;

    /** A change of state of one end, as the core told it. */
    record Change(TcpState from, TcpState to, Signal cause, long at) {}

    /** What one end sent, over all incarnations. */
    record Totals(long segments, long octets, long uniqueOctets, long retransmissions, long outOfOrder, long gaps) {
        static final Totals NONE = new Totals(0, 0, 0, 0, 0, 0);

        Totals plus(Totals other) {
            return new Totals(
                    segments + other.segments,
                    octets + other.octets,
                    uniqueOctets + other.uniqueOctets,
                    retransmissions + other.retransmissions,
                    outOfOrder + other.outOfOrder,
                    gaps + other.gaps);
        }
    }

    private final TcpSettings settings;
    private final Fault fault;
    private Connection connection;
    private final Map<Side, List<Change>> changes =
            new EnumMap<>(Map.of(Side.LOW, new ArrayList<>(), Side.HIGH, new ArrayList<>()));
    private final Map<Notice, Integer> notices = new EnumMap<>(Notice.class);
    private final List<CloseReason> closings = new ArrayList<>();
    private final Map<Side, Totals> before = new EnumMap<>(Map.of(Side.LOW, Totals.NONE, Side.HIGH, Totals.NONE));
    private int opened;

    Observation(TcpSettings settings, Fault fault) {
        this.settings = fault.settings(settings);
        this.fault = fault;
        this.connection = new Connection(fourTuple(), this.settings);
    }

    static FourTuple fourTuple() {
        return FourTuple.of(1, Address.LOOPBACK_4, LOW_PORT, Address.LOOPBACK_4, HIGH_PORT);
    }

    void apply(Segment segment) {
        connection.apply(fault.see(segment), this);
    }

    void at(long nanos) {
        connection.at(nanos, this);
    }

    Connection connection() {
        return connection;
    }

    /** Takes a copy that was stored and read back. */
    void become(Connection copy) {
        connection = copy;
    }

    TcpSettings settings() {
        return settings;
    }

    TcpState state(Side side) {
        return connection.endpoint(side).state();
    }

    List<Change> changes(Side side) {
        return changes.get(side);
    }

    int notices(Notice notice) {
        return notices.getOrDefault(notice, 0);
    }

    /** How often it met numbers so strange that one segment alone was not believed. */
    int timesDistrusted() {
        return notices(Notice.ACK_OF_UNSENT) + notices(Notice.OUT_OF_WINDOW);
    }

    Map<Notice, Integer> notices() {
        return notices;
    }

    List<CloseReason> closings() {
        return closings;
    }

    int opened() {
        return opened;
    }

    Totals totals(Side side) {
        return before.get(side).plus(totals(connection.endpoint(side)));
    }

    private static Totals totals(Endpoint end) {
        return new Totals(
                end.segments(), end.octets(), end.uniqueOctets(), end.retransmissions(), end.outOfOrder(), end.gaps());
    }

    @Override
    public void retired(Connection of, long atNanos) {
        for (Side side : Side.values()) {
            before.merge(side, totals(of.endpoint(side)), Totals::plus);
        }
    }

    @Override
    public void opened(Connection of, long atNanos) {
        opened++;
    }

    @Override
    public void stateChanged(Connection of, Side side, TcpState from, TcpState to, Signal cause, long atNanos) {
        changes.get(side).add(new Change(from, to, cause, atNanos));
    }

    @Override
    public void closed(Connection of, CloseReason reason, long atNanos) {
        closings.add(reason);
    }

    @Override
    public void noticed(Connection of, Notice notice, Side side, long atNanos) {
        notices.merge(notice, 1, Integer::sum);
    }
}
