package io.loopscope.processor.app.query;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.loopscope.processor.app.http.ListenAddress;
import io.loopscope.processor.app.http.Request;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Asks other processors what they have. Each question takes a bounded time. */
final class Peers {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final HttpClient client;
    private final Duration timeout;

    Peers(Duration timeout) {
        this.timeout = timeout;
        client = HttpClient.newBuilder()
                .connectTimeout(timeout)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    /** The other one did not answer, or not as it should; the message says why. */
    static final class NoAnswer extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NoAnswer(String message) {
            super(message, null, false, false);
        }
    }

    /** Asks one of them the same question; fails with {@link NoAnswer}. */
    CompletableFuture<Part> ask(String address, Request request) {
        URI uri = URI.create("http://" + ListenAddress.of(address) + request.target());
        HttpRequest question = HttpRequest.newBuilder(uri)
                .timeout(timeout)
                .header(Request.FORWARDED, "1")
                .build();
        return client.sendAsync(question, BodyHandlers.ofString()).handle((answer, failure) -> {
            if (failure != null) {
                throw new NoAnswer(reason(failure));
            }
            return part(answer);
        });
    }

    private static Part part(HttpResponse<String> answer) {
        try {
            JsonNode document = MAPPER.readTree(answer.body());
            if (answer.statusCode() == 200) {
                return Part.fromJson(document);
            }
            throw new NoAnswer("it answered " + answer.statusCode() + ": "
                    + document.path("message").asText("no reason given"));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new NoAnswer("it answered " + answer.statusCode() + " with something else than a processor does");
        }
    }

    private String reason(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof HttpTimeoutException) {
            return "no answer within " + timeout.toMillis() + " ms";
        }
        if (cause instanceof ConnectException) {
            return "it can't be reached";
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
