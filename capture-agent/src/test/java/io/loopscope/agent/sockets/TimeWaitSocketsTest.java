package io.loopscope.agent.sockets;

import static io.loopscope.agent.sockets.Sockets.at;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TimeWaitSocketsTest {
    private final TimeWaitSockets sockets = new TimeWaitSockets();

    @Test
    void whatIsRemovedIsWhatWasAdded() {
        SocketEntry plain = SocketEntry.inTimeWait(at("127.0.0.1", 65_535), at("10.0.0.1", 80), Long.MIN_VALUE);
        SocketEntry other = SocketEntry.inTimeWait(at("fe80::1", 1), at("2001:db8::ff", 65_535), -1);
        sockets.begin();
        sockets.add(plain);
        sockets.add(other);
        sockets.begin();
        List<SocketEntry> gone = new ArrayList<>();
        sockets.removeUnseen(gone);
        assertThat(gone).containsExactly(plain, other);
        assertThat(sockets.count()).isZero();
        assertThat(sockets.contains(-1)).isFalse();
    }

    @Test
    void eachRoundKeepsWhatItHasSeen() {
        Random random = new Random(7);
        Set<Long> expected = new HashSet<>();
        for (int round = 0; round < 100; round++) {
            sockets.begin();
            Set<Long> kept = new HashSet<>();
            for (long cookie : expected) {
                assertThat(sockets.isSeen(cookie)).isFalse();
                if (random.nextInt(4) > 0) {
                    assertThat(sockets.see(cookie)).isTrue();
                    assertThat(sockets.isSeen(cookie)).isTrue();
                    kept.add(cookie);
                }
            }
            for (int i = 0; i < 100; i++) {
                long cookie = round * 100L + i;
                assertThat(sockets.see(cookie)).isFalse();
                sockets.add(SocketEntry.inTimeWait(at(1), at(2), cookie));
                kept.add(cookie);
            }
            List<SocketEntry> gone = new ArrayList<>();
            sockets.removeUnseen(gone);
            expected.removeAll(kept);
            assertThat(gone).extracting(SocketEntry::cookie).containsExactlyInAnyOrderElementsOf(expected);
            expected = kept;
            assertThat(sockets.count()).isEqualTo(expected.size());
            assertThat(expected).allMatch(sockets::contains);
        }
    }
}
