package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Endpoint;
import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.TcpState;
import java.util.Arrays;
import java.util.List;

/** The rules about ends of connections, in the order they are asked. Their places are stored: append only. */
final class Rules {

    static final List<Rule> ALL = List.of(
            new CloseWaitStuck(),
            new FinWait2Stuck(),
            new CloseUnacknowledged(),
            new HandshakeUnanswered(),
            new HandshakeStuck(),
            new HalfOpen(),
            new ZeroWindowStall(),
            new KeepaliveFailing(),
            new HalfClosedStreaming(),
            new NeverAccepted(),
            new NotReading(AnomalyName.SERVER_NOT_READING, Role.SERVER),
            new NotReading(AnomalyName.CLIENT_NOT_READING, Role.CLIENT),
            new IdleEstablished(),
            new StateDivergence());

    /** The {@link #bit}s of all. */
    static final int EVERY = ALL.stream().mapToInt(Rules::bit).reduce(0, (a, b) -> a | b);

    /** The rules that can hold, as bits, by the ordinal number of a state: for ends that wait, and for those that do not. */
    private static final int[] WHILE_WAITING = byState(true);

    private static final int[] ELSE = byState(false);

    private Rules() {}

    /** The rules that can hold for an end by what segments say: their {@link #bit}s. */
    // As an EnumMap does, without boxing: asked for each segment that opens or closes.
    @SuppressWarnings("EnumOrdinal")
    static int thatMayHold(Endpoint end) {
        return (waits(end) ? WHILE_WAITING : ELSE)[end.state().ordinal()];
    }

    /** It has repeated data or keepalives in vain, or its window is closed. */
    static boolean waits(Endpoint end) {
        return end.unansweredRetransmissions() != 0
                || end.unansweredKeepalives() != 0
                || end.zeroWindowSinceNanos() != Rule.NEVER;
    }

    static int bit(Rule rule) {
        return 1 << rule.name().number();
    }

    private static int[] byState(boolean waits) {
        return Arrays.stream(TcpState.values())
                .mapToInt(state -> ALL.stream()
                        .filter(rule -> rule.states().contains(state) && (waits || !rule.onlyWhileWaiting()))
                        .mapToInt(Rules::bit)
                        .reduce(0, (a, b) -> a | b))
                .toArray();
    }
}
