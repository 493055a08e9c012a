package io.loopscope.standalone.demo;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class DemoTest {
    private final List<String> story = new CopyOnWriteArrayList<>();

    @Test
    void aRealServerForgetsAndLaterClosesAConnection() throws Exception {
        var end = new CountDownLatch(1);
        var demo = Demo.start(Duration.ofMillis(100), story::add, end::countDown);
        assertThat(end.await(60, SECONDS)).as("the end of %s", story).isTrue();
        demo.close();
        assertThat(story)
                .satisfiesExactly(
                        line -> assertThat(line).matches("a server listens on 127\\.0\\.0\\.1:\\d+"),
                        line -> assertThat(line).startsWith("a healthy client 127.0.0.1:"),
                        line -> assertThat(line).contains("asks for a report"),
                        line -> assertThat(line).contains("forgets to close its end"),
                        line -> assertThat(line).contains("the server is repaired"),
                        line -> assertThat(line)
                                .startsWith("the healthy client 127.0.0.1:")
                                .contains("closes"));
    }

    @Test
    void closingItEndsItsProcessAtAnyMoment() throws Exception {
        var ended = new AtomicBoolean();
        var before = ProcessHandle.current().children().count();
        var demo = Demo.start(Duration.ofHours(1), story::add, () -> ended.set(true));
        await().atMost(60, SECONDS).until(() -> story.size() >= 4);
        demo.close();
        assertThat(ProcessHandle.current().children().count()).isEqualTo(before);
        assertThat(ended).isFalse();
    }
}
