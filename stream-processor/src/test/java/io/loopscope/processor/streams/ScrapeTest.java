package io.loopscope.processor.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.app.http.HttpListener;
import io.loopscope.processor.app.http.ListenAddress;
import io.loopscope.processor.app.metrics.Scrape;
import io.loopscope.processor.app.metrics.Sources;
import io.loopscope.processor.app.metrics.StoreView;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What Prometheus gets is what was fed. */
class ScrapeTest {
    private static final long SECOND = 1_000_000_000L;

    /** Each look at the clock takes a microsecond; the time of day is two seconds after what agents say. */
    private final AtomicLong elapsed = new AtomicLong();

    private final Timings timings = new Timings(() -> elapsed.addAndGet(1_000), () -> Records.START + 2 * SECOND);
    private final Counters counters = new Counters(timings);
    private final Pipeline pipeline = new Pipeline(counters);

    @AfterEach
    void close() {
        pipeline.close();
    }

    @Test
    void statesAreThoseOfTheCensusWithAllElevenAndZeros() throws Exception {
        agent("host-1").handshake().clientCloses().heartbeat();
        agent("host-2").handshake().heartbeat();

        String scrape = scrape(20);

        assertThat(scrape)
                .contains(ends("13306", "server", "close_wait", 1))
                .contains(ends("13306", "client", "fin_wait_2", 1))
                .contains(ends("13306", "server", "established", 1))
                .contains(ends("13306", "server", "listen", 0))
                .contains(ends("other", "server", "close_wait", 0))
                .doesNotContain("59994");
        assertThat(scrape.lines()
                        .filter(line -> line.startsWith("loopscope_processor_connection_ends{")
                                && line.contains("server_port=\"13306\"")))
                .hasSize(11 * 2 * 2);
    }

    @Test
    void smallPortsAreCountedTogether() throws Exception {
        agent("host-1").handshake().heartbeat();

        assertThat(scrape(0))
                .contains(ends("other", "server", "established", 1))
                .doesNotContain("\"13306\"");
    }

    @Test
    void recordsSegmentsAndTimesAreCounted() throws Exception {
        agent("host-1").handshake().clientCloses().heartbeat();

        assertThat(scrape(20))
                .contains("loopscope_processor_records_total 3.0")
                .contains("loopscope_processor_applied_records_total{type=\"batch\"} 2.0")
                .contains("loopscope_processor_segments_total 5.0")
                .contains("loopscope_processor_segment_seconds_count 5")
                .contains("loopscope_processor_segment_seconds_sum 2.0E-6")
                .contains("loopscope_processor_watermark_age_seconds_bucket{le=\"1.0\"} 0")
                .contains("loopscope_processor_watermark_age_seconds_bucket{le=\"2.5\"} 1")
                .contains("loopscope_processor_detector_events_total{event=\"connections_opened\"} 1.0");
    }

    @Test
    void anomaliesAreOpenUntilTheyAreCleared() throws Exception {
        FakeAgent agent = agent("host-1").handshake().clientCloses().watches(Duration.ofSeconds(61));
        String open = "loopscope_processor_anomalies_open{name=\"CLOSE_WAIT_STUCK\",severity=\"warning\"} ";
        String opened =
                "loopscope_processor_anomalies_opened_total{name=\"CLOSE_WAIT_STUCK\",severity=\"warning\"} 1.0";
        assertThat(scrape(20)).contains(open + "1.0").contains(opened);

        agent.serverCloses().heartbeat();

        assertThat(scrape(20))
                .contains(open + "0.0")
                .contains(opened)
                .contains("loopscope_processor_anomalies_cleared_total{name=\"CLOSE_WAIT_STUCK\"} 1.0");
    }

    @Test
    void aHostThatIsBehindIsSeen() throws Exception {
        agent("host-1").handshake().heartbeat();

        assertThat(scrape(20))
                .contains("loopscope_processor_watermark_lag_max_seconds 10.0")
                .contains("loopscope_processor_hosts{presence=\"live\"} 1.0")
                .contains("loopscope_processor_partitions{status=\"assigned\"} 2.0")
                .contains("loopscope_processor_partitions{status=\"readable\"} 1.0");
    }

    private String scrape(int ports) throws Exception {
        try (Scrape scrape = new Scrape(new Fed(), ports);
                HttpListener http = HttpListener.open(new ListenAddress("127.0.0.1", 0), false)) {
            http.route("/metrics", scrape::answer);
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + http.address() + "/metrics"))
                    .build();
            return HttpClient.newHttpClient()
                    .send(request, BodyHandlers.ofString())
                    .body();
        }
    }

    private static String ends(String port, String end, String state, int number) {
        return "loopscope_processor_connection_ends{end=\"" + end + "\",evidence=\"wire\",server_port=\"" + port
                + "\",state=\"" + state + "\"} " + number + ".0";
    }

    private FakeAgent agent(String host) {
        return new FakeAgent(host, pipeline::send);
    }

    /** A processor that has one partition, and waits for another. */
    private final class Fed implements Sources {
        @Override
        public String version() {
            return "1";
        }

        @Override
        public Counters counters() {
            return counters;
        }

        @Override
        public Timings timings() {
            return timings;
        }

        @Override
        public String state() {
            return "RUNNING";
        }

        @Override
        public Iterable<String> states() {
            return List.of("STARTING", "RUNNING");
        }

        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public StoreView stores() {
            return StoreView.of(
                    DriverStores.reader(pipeline),
                    Instant.ofEpochSecond(0, Records.START).plusSeconds(10));
        }

        @Override
        public Map<Integer, Long> consumerLag() {
            return Map.of(0, 7L);
        }

        @Override
        public long restoreRemaining() {
            return 0;
        }

        @Override
        public long restored() {
            return 0;
        }

        @Override
        public Map<Request, Long> httpRequests() {
            return Map.of();
        }
    }
}
