package io.loopscope.processor.streams;

import io.loopscope.processor.tcp.Role;
import io.loopscope.schemas.v1.End;
import io.loopscope.schemas.v1.TcpState;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Enums of the core as enums of the contract: the names are the same on purpose. */
final class Words {
    private static final Map<io.loopscope.processor.tcp.TcpState, TcpState> STATES =
            new EnumMap<>(io.loopscope.processor.tcp.TcpState.class);

    static {
        for (io.loopscope.processor.tcp.TcpState state : io.loopscope.processor.tcp.TcpState.values()) {
            STATES.put(state, TcpState.valueOf(state.name()));
        }
    }

    private Words() {}

    static TcpState state(io.loopscope.processor.tcp.TcpState state) {
        return Objects.requireNonNull(STATES.get(state));
    }

    static End end(Role role) {
        return End.valueOf(role.name());
    }

    static @Nullable End endOrNull(@Nullable Role role) {
        return role == null ? null : end(role);
    }
}
