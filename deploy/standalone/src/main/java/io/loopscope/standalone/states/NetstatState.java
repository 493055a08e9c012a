package io.loopscope.standalone.states;

import io.loopscope.agent.sockets.SocketState;
import io.loopscope.schemas.v1.TcpState;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The states of RFC 9293 in the order of the kernel's numbers, with the names that {@code netstat} gives them. */
enum NetstatState {
    ESTABLISHED,
    SYN_SENT,
    SYN_RECV,
    FIN_WAIT1,
    FIN_WAIT2,
    TIME_WAIT,
    CLOSE,
    CLOSE_WAIT,
    LAST_ACK,
    LISTEN,
    CLOSING;

    /** What other tools write, without dashes and underscores: {@code ss}, the RFC. */
    private static final Map<String, NetstatState> OTHER_NAMES = Map.of(
            "ESTAB", ESTABLISHED,
            "SYNRECEIVED", SYN_RECV,
            "CLOSED", CLOSE,
            "UNCONN", CLOSE,
            "TIMEWAIT", TIME_WAIT);

    static NetstatState of(SocketState state) {
        return switch (state) {
            case ESTABLISHED -> ESTABLISHED;
            case SYN_SENT -> SYN_SENT;
            case SYN_RECEIVED -> SYN_RECV;
            case FIN_WAIT_1 -> FIN_WAIT1;
            case FIN_WAIT_2 -> FIN_WAIT2;
            case TIME_WAIT -> TIME_WAIT;
            case CLOSED -> CLOSE;
            case CLOSE_WAIT -> CLOSE_WAIT;
            case LAST_ACK -> LAST_ACK;
            case LISTEN -> LISTEN;
            case CLOSING -> CLOSING;
        };
    }

    /** Empty for a state that a newer schema has added. */
    static Optional<NetstatState> of(TcpState state) {
        return parse(state.name());
    }

    /** Reads a name in the spelling of netstat, ss or the RFC, in upper or lower case; empty when it is none. */
    static Optional<NetstatState> parse(String text) {
        String letters = letters(text.strip().toUpperCase(Locale.ROOT));
        return Stream.of(values())
                .filter(state -> letters(state.name()).equals(letters))
                .findFirst()
                .or(() -> Optional.ofNullable(OTHER_NAMES.get(letters)));
    }

    private static String letters(String name) {
        return name.replace("-", "").replace("_", "");
    }

    static String all() {
        return Stream.of(values()).map(Enum::name).collect(Collectors.joining(", "));
    }
}
