package io.loopscope.processor.streams;

import io.loopscope.processor.tcp.Role;
import io.loopscope.schemas.v1.End;
import io.loopscope.schemas.v1.TcpState;
import org.jspecify.annotations.Nullable;

/** Enums of the core as enums of the contract: the names are the same on purpose. */
final class Words {
    private Words() {}

    static TcpState state(io.loopscope.processor.tcp.TcpState state) {
        return TcpState.valueOf(state.name());
    }

    static End end(Role role) {
        return End.valueOf(role.name());
    }

    static @Nullable End endOrNull(@Nullable Role role) {
        return role == null ? null : end(role);
    }
}
