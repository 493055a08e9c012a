package io.loopscope.standalone.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class PartsTest {
    private final List<String> closed = new ArrayList<>();
    private final Parts parts = new Parts();

    @Test
    void closesInTheOppositeOrderAndOnce() throws Exception {
        parts.open("broker", () -> () -> closed.add("broker"));
        parts.open("agent", () -> () -> closed.add("agent"));
        parts.close();
        parts.close();
        assertThat(closed).containsExactly("agent", "broker");
    }

    @Test
    void aPartThatFailsToCloseDoesNotKeepTheOthersOpen() throws Exception {
        parts.open("broker", () -> () -> closed.add("broker"));
        parts.open("agent", () -> () -> {
            throw new IllegalStateException("on purpose");
        });
        parts.close();
        assertThat(closed).containsExactly("broker");
    }

    @Test
    void whatDidNotStartIsNotClosed() {
        assertThatThrownBy(() -> parts.<AutoCloseable>open("agent", () -> {
                    throw new IllegalStateException("no permission");
                }))
                .hasMessage("no permission");
        parts.close();
        assertThat(closed).isEmpty();
    }

    @Test
    void nothingStartsAfterTheClose() {
        parts.close();
        assertThatThrownBy(() -> parts.open("agent", () -> () -> closed.add("agent")))
                .isInstanceOf(CancellationException.class);
    }

    @Test
    void aCloseDuringAStartWaitsForItAndClosesIt() throws Exception {
        var starting = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var starter = new Thread(() -> {
            try {
                parts.open("broker", () -> {
                    starting.countDown();
                    goOn.await();
                    return () -> closed.add("broker");
                });
            } catch (Exception e) {
                closed.add("failed: " + e);
            }
        });
        starter.start();
        starting.await();
        var closer = new Thread(parts::close);
        closer.start();
        while (closer.getState() != Thread.State.BLOCKED) {
            Thread.onSpinWait();
        }
        goOn.countDown();
        closer.join();
        starter.join();
        assertThat(closed).containsExactly("broker");
    }
}
