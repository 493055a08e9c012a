package io.loopscope.agent.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.parse.TcpFlags;
import io.loopscope.agent.publish.SegmentQueue.Answer;
import io.loopscope.agent.testing.Headers;
import io.loopscope.agent.testing.PacketBytes;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class SegmentQueueTest {
    private static final SegmentHeader DATA = segment(TcpFlags.ACK, 1);
    private static final SegmentHeader FIN = segment(TcpFlags.FIN | TcpFlags.ACK, 1);

    @Test
    void segmentsComeOutAsTheyWentIn() {
        SegmentQueue queue = new SegmentQueue(8);
        SegmentHeader offered = segment(TcpFlags.ACK, 7);
        assertThat(queue.offer(offered, 42)).isEqualTo(Answer.TAKEN);
        offered.copyFrom(DATA);
        assertThat(queue.peek()).usingRecursiveComparison().isEqualTo(segment(TcpFlags.ACK, 7));
        assertThat(queue.peekTimeNs()).isEqualTo(42);
        queue.remove();
        assertThat(queue.size()).isZero();
    }

    @Test
    void plainSegmentsAreShedBeforeControlSegments() {
        SegmentQueue queue = new SegmentQueue(16);
        for (int i = 0; i < 14; i++) {
            assertThat(queue.offer(DATA, i)).isEqualTo(Answer.TAKEN);
        }
        assertThat(queue.isFilling()).isTrue();
        assertThat(queue.offer(DATA, 14)).isEqualTo(Answer.SHED);
        assertThat(queue.offer(FIN, 14)).isEqualTo(Answer.TAKEN);
        assertThat(queue.offer(FIN, 15)).isEqualTo(Answer.TAKEN);
        assertThat(queue.offer(FIN, 16)).isEqualTo(Answer.FULL);
        assertThat(queue.offer(DATA, 16)).isEqualTo(Answer.FULL);
        for (int i = 0; i < 3; i++) {
            queue.remove();
        }
        assertThat(queue.offer(DATA, 17)).isEqualTo(Answer.TAKEN);
    }

    @Test
    void capacityIsRoundedUp() {
        SegmentQueue queue = new SegmentQueue(1_000);
        for (int i = 0; i < 1_024; i++) {
            assertThat(queue.offer(FIN, i)).isEqualTo(Answer.TAKEN);
        }
        assertThat(queue.offer(FIN, 1_024)).isEqualTo(Answer.FULL);
    }

    @Test
    void nothingIsLostOrMixedUpBetweenTwoThreads() {
        int count = 100_000;
        SegmentQueue queue = new SegmentQueue(256);
        CompletableFuture<Void> capturing = CompletableFuture.runAsync(() -> {
            SegmentHeader header = segment(TcpFlags.FIN, 1);
            for (int i = 0; i < count; i++) {
                while (queue.offer(header, i) != Answer.TAKEN) {
                    LockSupport.parkNanos(1_000);
                }
            }
        });
        for (int expected = 0; expected < count; expected++) {
            while (queue.size() == 0) {
                LockSupport.parkNanos(1_000);
            }
            if (queue.peekTimeNs() != expected) {
                assertThat(queue.peekTimeNs()).isEqualTo(expected);
            }
            queue.remove();
        }
        capturing.join();
        assertThat(queue.size()).isZero();
    }

    private static SegmentHeader segment(int flags, long sequence) {
        return Headers.of(
                "127.0.0.1", "127.0.0.1", PacketBytes.tcp().flags(flags).sequence(sequence));
    }
}
