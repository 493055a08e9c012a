package io.loopscope.standalone.demo;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DemoTest {
    private final List<String> story = new CopyOnWriteArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicInteger port = new AtomicInteger();
    private final Demo.Listener listener = new Demo.Listener() {
        @Override
        public void port(int number) {
            port.set(number);
        }

        @Override
        public void sentence(String sentence) {
            story.add(sentence);
        }

        @Override
        public void end() {
            end.countDown();
        }
    };

    @Test
    void aRealServerForgetsAndLaterClosesAConnection() throws Exception {
        var demo = Demo.start(Duration.ofMillis(100), listener);
        assertThat(end.await(60, SECONDS)).as("the end of %s", story).isTrue();
        demo.close();
        assertThat(story)
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("a server listens on 127.0.0.1:" + port),
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
        var before = ProcessHandle.current().children().count();
        var demo = Demo.start(Duration.ofHours(1), listener);
        await().atMost(60, SECONDS).until(() -> story.size() >= 4);
        demo.close();
        assertThat(ProcessHandle.current().children().count()).isEqualTo(before);
        assertThat(end.getCount()).isEqualTo(1);
    }
}
