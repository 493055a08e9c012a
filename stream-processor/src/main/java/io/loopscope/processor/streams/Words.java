package io.loopscope.processor.streams;

import io.loopscope.processor.tcp.Role;
import io.loopscope.schemas.v1.End;
import io.loopscope.schemas.v1.Initiator;
import io.loopscope.schemas.v1.TcpState;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Enums of the core as enums of the contract: the names are the same on purpose. */
final class Words {
    private static final Map<io.loopscope.processor.tcp.TcpState, TcpState> STATES =
            byName(io.loopscope.processor.tcp.TcpState.class, TcpState::valueOf);

    private static final Map<Role, End> ENDS = byName(Role.class, End::valueOf);

    private static final Map<io.loopscope.processor.tcp.Initiator, Initiator> INITIATORS =
            byName(io.loopscope.processor.tcp.Initiator.class, Initiator::valueOf);

    private Words() {}

    static TcpState state(io.loopscope.processor.tcp.TcpState state) {
        return Objects.requireNonNull(STATES.get(state));
    }

    static End end(Role role) {
        return Objects.requireNonNull(ENDS.get(role));
    }

    static @Nullable End endOrNull(@Nullable Role role) {
        return role == null ? null : end(role);
    }

    static Initiator initiator(io.loopscope.processor.tcp.Initiator initiator) {
        return Objects.requireNonNull(INITIATORS.get(initiator));
    }

    private static <F extends Enum<F>, T> Map<F, T> byName(Class<F> from, Function<String, T> to) {
        Map<F, T> map = new EnumMap<>(from);
        for (F constant : from.getEnumConstants()) {
            map.put(constant, to.apply(constant.name()));
        }
        return map;
    }
}
