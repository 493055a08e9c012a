package io.loopscope.agent.track;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.testing.Headers;
import io.loopscope.agent.testing.PacketBytes;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class ItemQueueTest {
    private static final SegmentHeader SEGMENT = Headers.of("::1", "::1", PacketBytes.tcp());

    @Test
    void whatIsOpenIsNotSeen() {
        ItemQueue queue = new ItemQueue(8);
        begin(queue, 1);
        begin(queue, 2);
        assertThat(queue.size()).isZero();
        assertThat(queue.open()).isEqualTo(2);
        queue.open(0).merge(SEGMENT, 3);
        queue.handOver();
        begin(queue, 4);
        assertThat(queue.isOpen(1)).isFalse();
        assertThat(queue.isOpen(2)).isTrue();
        assertThat(queue.size()).isEqualTo(2);
        assertThat(queue.peek(0).segments()).isEqualTo(2);
        assertThat(queue.peek(1).timeNs()).isEqualTo(2);
        assertThat(queue.isDrained()).isFalse();
        queue.remove(2);
        assertThat(queue.isDrained()).isTrue();
        assertThat(queue.used()).isEqualTo(1);
    }

    @Test
    void placesAreKeptForWhatMatters() {
        ItemQueue queue = new ItemQueue(16);
        for (int i = 0; i < 12; i++) {
            assertThat(queue.begin(4)).isNotNull();
        }
        assertThat(queue.begin(4)).isNull();
        for (int i = 0; i < 4; i++) {
            assertThat(queue.begin(0)).isNotNull();
        }
        assertThat(queue.begin(0)).isNull();
        queue.handOver();
        queue.remove(5);
        assertThat(queue.begin(4)).isNotNull();
        assertThat(queue.begin(4)).isNull();
        assertThat(queue.begin(3)).isNotNull();
    }

    @Test
    void capacityIsRoundedUp() {
        assertThat(new ItemQueue(1_000).capacity()).isEqualTo(1_024);
        assertThat(new ItemQueue(1).capacity()).isEqualTo(8);
    }

    @Test
    void nothingIsLostOrMixedUpBetweenTwoThreads() {
        int count = 100_000;
        ItemQueue queue = new ItemQueue(256);
        CompletableFuture<Void> capturing = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < count; i++) {
                Item item = queue.begin(0);
                while (item == null) {
                    queue.handOver();
                    LockSupport.parkNanos(1_000);
                    item = queue.begin(0);
                }
                item.begin(SEGMENT, i, Fidelity.ALL);
                if (i % 7 == 0) {
                    queue.handOver();
                }
            }
            queue.handOver();
        });
        int expected = 0;
        while (expected < count) {
            int size = queue.size();
            for (int i = 0; i < size; i++) {
                if (queue.peek(i).timeNs() != expected) {
                    assertThat(queue.peek(i).timeNs()).isEqualTo(expected);
                }
                expected++;
            }
            queue.remove(size);
            if (size == 0) {
                LockSupport.parkNanos(1_000);
            }
        }
        capturing.join();
        assertThat(queue.size()).isZero();
    }

    private static void begin(ItemQueue queue, long timeNs) {
        Item item = queue.begin(0);
        assertThat(item).isNotNull();
        item.begin(SEGMENT, timeNs, Fidelity.ALL);
    }
}
