package io.loopscope.processor.detect;

import io.loopscope.processor.detect.Condition.Telling;
import io.loopscope.processor.sockets.ListenSockets;
import io.loopscope.processor.sockets.Owner;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known about all connections of one listener together: the census, anomalies of the listener itself, and roll-ups
 * of those of its connections. As a timer it is forgotten some time after its last connection.
 */
final class ListenerMonitor extends Timer implements Subject {

    private static final int NO_MORE = 0xFF;

    private final ListenerTable table;
    private final HostContext host;
    private final Listener listener;
    final Census census = new Census(Evidence.WIRE);
    final KernelCensus kernelCensus = new KernelCensus();
    private final Map<AnomalyName, RollUp> rollUps = new EnumMap<>(AnomalyName.class);
    private final ListenerAlarms alarms;

    /** Connections that count as this listener's, remembered ones included. */
    private int connections;

    /** Handshakes that are not finished. */
    private int handshakes;

    /** Established connections that nothing was seen of for a while. */
    private int idle;

    /** A handshake has shown that this is the server's address and port. */
    private boolean proven;

    /** The sockets that listen here, as the socket table shows them; null while it has shown none. */
    @Nullable ListenSockets sockets;

    private boolean censusNoted;
    private @Nullable Step noted;
    private long notedTurn;

    ListenerMonitor(ListenerTable table, HostContext host, Listener listener) {
        this.table = table;
        this.host = host;
        this.listener = listener;
        this.alarms = new ListenerAlarms(host, this);
    }

    Listener listener() {
        return listener;
    }

    ListenerAlarms alarms() {
        return alarms;
    }

    RuleSettings settings(AnomalyName name) {
        return host.settings.of(name, listener.port());
    }

    int connections() {
        return connections;
    }

    int handshakes() {
        return handshakes;
    }

    int idle() {
        return idle;
    }

    boolean proven() {
        return proven;
    }

    void prove() {
        if (!proven) {
            proven = true;
            changed();
        }
    }

    void addConnection(int number) {
        connections += number;
        if (connections == 0 && !isListening()) {
            table.unused(this);
        } else {
            table.used(this);
        }
    }

    void addHandshake(int number) {
        handshakes += number;
    }

    void addIdle(int number) {
        idle += number;
    }

    /** The census has changed and has to be published. */
    void censusChanged() {
        if (!censusNoted) {
            censusNoted = true;
            table.censusChanged(this);
        }
    }

    void publishCensus(long nowNanos) {
        censusNoted = false;
        Double agreement = kernelCensus.agreement();
        boolean wire = census.publish(listener, agreement, nowNanos, host.out());
        boolean table = kernelCensus.counts.publish(listener, agreement, nowNanos, host.out());
        if (wire || table) {
            changed();
        }
    }

    /** How an anomaly of a connection is told. */
    Telling tell(Condition condition, RuleSettings settings, long nowNanos) {
        boolean handshake =
                condition.name == AnomalyName.HANDSHAKE_UNANSWERED || condition.name == AnomalyName.HANDSHAKE_STUCK;
        if (handshake && alarms.floodIsOpen()) {
            return Telling.FOLDED;
        }
        return rollUp(condition.name).join(condition, settings, nowNanos);
    }

    /** An anomaly that is told singly or rolled up is over. */
    void left(Condition condition, ClearReason reason, long nowNanos) {
        rollUp(condition.name).leave(condition, reason, nowNanos);
    }

    /** What is left of one whose connection is set aside. */
    void abandon(Condition condition, long nowNanos) {
        rollUp(condition.name).abandon(condition, nowNanos);
    }

    /** A rolled-up one has become critical. */
    void worsened(long nowNanos, AnomalyName name) {
        rollUp(name).worsened(nowNanos);
    }

    /** An anomaly that was stored as told singly or rolled up. */
    void restore(Condition condition) {
        rollUp(condition.name).restore(condition);
    }

    /** Nothing depends on it any more. */
    boolean forgettable() {
        return connections == 0
                && !isListening()
                && census.isSilent()
                && kernelCensus.counts.isSilent()
                && !alarms.anyOpen()
                && noRollUp();
    }

    boolean isListening() {
        return sockets != null && sockets.listening();
    }

    /** The process that listens, here or on all addresses; null when unknown. */
    @Nullable Owner process() {
        return table.process(listener);
    }

    private boolean noRollUp() {
        rollUps.values().removeIf(RollUp::isEmpty);
        return rollUps.isEmpty();
    }

    /** It has to make room. */
    void giveUp(ClearReason reason, long nowNanos) {
        alarms.giveUp(reason, nowNanos);
    }

    /** Tells the step once that the stored value has to be written. */
    void changed() {
        Step step = host.out();
        if (noted != step || notedTurn != step.turn()) {
            noted = step;
            notedTurn = step.turn();
            step.changed(listener);
        }
    }

    private RollUp rollUp(AnomalyName name) {
        return rollUps.computeIfAbsent(name, n -> new RollUp(host, this, n));
    }

    @Override
    public AnomalyScope scope() {
        return AnomalyScope.LISTENER;
    }

    @Override
    void due(long atNanos) {
        table.due(this, atNanos);
    }

    @Override
    Subject subject() {
        return this;
    }

    @Override
    int slot() {
        return 0;
    }

    void writeTo(DataOutput output) throws IOException {
        output.writeBoolean(proven);
        StoredTimer.write(this, output);
        census.writeTo(output);
        for (Map.Entry<AnomalyName, RollUp> entry : rollUps.entrySet()) {
            if (entry.getValue().isOpen()) {
                StoredEnum.write(entry.getKey(), output);
                entry.getValue().writeTo(output);
            }
        }
        output.writeByte(NO_MORE);
        alarms.writeTo(output);
        output.writeBoolean(sockets != null);
        if (sockets != null) {
            sockets.writeTo(output);
        }
        kernelCensus.writeTo(output);
    }

    /**
     * Reads what {@link #writeTo} wrote.
     *
     * @param version the layout, see {@link StoredVersion}
     */
    void readFrom(DataInput input, int version) throws IOException {
        boolean withTable = version >= StoredVersion.WITH_TABLE;
        proven = input.readBoolean();
        StoredTimer.read(this, host.timers, input);
        census.readFrom(input);
        for (int name = input.readUnsignedByte(); name != NO_MORE; name = input.readUnsignedByte()) {
            rollUp(StoredEnum.of(AnomalyName.values(), name)).readFrom(input);
        }
        alarms.readFrom(input, withTable);
        if (withTable) {
            sockets = input.readBoolean() ? ListenSockets.readFrom(input, version >= StoredVersion.WITH_NAMES) : null;
            kernelCensus.readFrom(input);
        }
    }
}
