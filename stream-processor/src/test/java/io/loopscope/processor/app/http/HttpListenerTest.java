package io.loopscope.processor.app.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpListenerTest {
    private final HttpListener http = HttpListener.open(new ListenAddress("127.0.0.1", 0), false);
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        http.close();
    }

    @Test
    void aRouteAnswers() throws Exception {
        http.route("/hello", request -> Answer.text("text/plain", "hello " + request.text("name")));

        HttpResponse<String> answer = get("/hello?name=a%20b");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("hello a b");
        assertThat(http.served()).containsEntry(new HttpListener.Served("/hello", 200), 1L);
    }

    @Test
    void whatIsBelowAPrefixIsTakenApart() throws Exception {
        http.routeBelow("/of/", request -> Answer.text("text/plain", String.join("|", request.partsAfter("/of/"))));

        assertThat(get("/of/a%2Fb/[::1]:80-c".replace("[", "%5B").replace("]", "%5D"))
                        .body())
                .isEqualTo("a/b|[::1]:80-c");
    }

    @Test
    void nothingIsThereWithAHint() throws Exception {
        HttpResponse<String> answer = get("/nothing");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("\"hint\"").contains("/api/v1");
    }

    @Test
    void nothingCanBeWritten() throws Exception {
        http.route("/hello", request -> Answer.text("text/plain", "hello"));
        HttpRequest post = HttpRequest.newBuilder(uri("/hello"))
                .POST(HttpRequest.BodyPublishers.ofString("x"))
                .build();

        assertThat(client.send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(405);
    }

    @Test
    void aHeadHasNoBody() throws Exception {
        http.route("/hello", request -> Answer.text("text/plain", "hello"));
        HttpRequest head = HttpRequest.newBuilder(uri("/hello"))
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build();

        HttpResponse<String> answer = client.send(head, BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void aBugIsNotShown() throws Exception {
        http.route("/bug", request -> {
            throw new IllegalStateException("the inside");
        });

        HttpResponse<String> answer = get("/bug");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).doesNotContain("inside").doesNotContain("at io.");
    }

    @Test
    void aMisspeltParameterIsNotIgnored() throws Exception {
        http.route("/list", request -> {
            request.allow(Set.of("limit"));
            return Answer.text("text/plain", Integer.toString(request.number("limit", 5, 1, 10)));
        });

        assertThat(get("/list").body()).isEqualTo("5");
        assertThat(get("/list?limt=3").statusCode()).isEqualTo(400);
        assertThat(get("/list?limit=11").body()).contains("from 1 to 10");
        assertThat(get("/list?limit=x").statusCode()).isEqualTo(400);
    }

    @Test
    void aTakenPortIsAnErrorUnlessAnotherWillDo() {
        ListenAddress taken = http.address();

        assertThatExceptionOfType(OperatingException.class)
                .isThrownBy(() -> HttpListener.open(taken, false))
                .satisfies(failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.BAD_CONFIGURATION));
        try (HttpListener other = HttpListener.open(taken, true)) {
            assertThat(other.address().port()).isNotEqualTo(taken.port()).isPositive();
        }
    }

    @Test
    void addressesAreReadAsTheyAreWritten() {
        assertThat(ListenAddress.of("[::1]:80")).isEqualTo(new ListenAddress("::1", 80));
        assertThat(ListenAddress.of("[::1]:80")).hasToString("[::1]:80");
        assertThat(ListenAddress.of("example.org:8085")).hasToString("example.org:8085");
        assertThatExceptionOfType(org.apache.kafka.common.config.ConfigException.class)
                .isThrownBy(() -> ListenAddress.OR_EMPTY.ensureValid("x", "127.0.0.1"));
        assertThatExceptionOfType(org.apache.kafka.common.config.ConfigException.class)
                .isThrownBy(() -> ListenAddress.OR_EMPTY.ensureValid("x", "127.0.0.1:70000"));
    }

    private HttpResponse<String> get(String target) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri(target)).build(), BodyHandlers.ofString());
    }

    private URI uri(String target) {
        return URI.create("http://" + http.address() + target);
    }
}
