package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Role;
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

    private Rules() {}
}
