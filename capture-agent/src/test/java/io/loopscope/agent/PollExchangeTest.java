package io.loopscope.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.sockets.NamespaceFacts;
import io.loopscope.agent.sockets.SocketPoll;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PollExchangeTest {
    private static final long BEGUN = 1_000;
    private static final long READ = 5_000;

    private final PollExchange exchange = new PollExchange();

    @Test
    void aPollWaitsForSegmentsThatWereCapturedWhileTheTableWasRead() {
        SocketPoll poll = offered();
        assertThat(exchange.due(BEGUN)).isNull();
        assertThat(exchange.due(READ - 1)).isNull();
        assertThat(exchange.due(READ)).isEqualTo(poll);
    }

    @Test
    void noWatermarkPassesItsBeginningBeforeItIsSent() {
        SocketPoll poll = offered();
        assertThat(exchange.watermarkLimitNs()).isEqualTo(BEGUN - 1);
        exchange.sent(poll, true, 0);
        assertThat(exchange.watermarkLimitNs()).isEqualTo(Long.MAX_VALUE);
    }

    private SocketPoll offered() {
        long time = exchange.begin(() -> BEGUN);
        SocketPoll poll =
                new SocketPoll(0, time, true, List.of(), List.of(), new NamespaceFacts(Set.of(), null, null, null));
        exchange.offer(poll, READ);
        return poll;
    }
}
