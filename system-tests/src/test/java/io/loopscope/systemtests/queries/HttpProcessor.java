package io.loopscope.systemtests.queries;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.loopscope.systemtests.harness.ChildProcess;
import io.loopscope.systemtests.harness.Programs;
import io.loopscope.systemtests.harness.Waits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.regex.Pattern;

/** A processor in a process of its own, asked over HTTP as anybody would. */
record HttpProcessor(ChildProcess process, String address) {
    private static final Pattern LISTENS = Pattern.compile("health at http://(\\S+)");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final ObjectMapper MAPPER = new ObjectMapper();

    static HttpProcessor start(Programs programs, String yaml) {
        ChildProcess process = programs.processor(yaml);
        return new HttpProcessor(
                process, process.awaitOutput(LISTENS, Waits.PROGRAM).group(1));
    }

    /** The document at this target, whatever the status. */
    JsonNode json(String target) {
        try {
            return MAPPER.readTree(get(target).body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int status(String target) {
        return get(target).statusCode();
    }

    String text(String target) {
        return get(target).body();
    }

    boolean isReady() {
        return status("/readyz") == 200;
    }

    private HttpResponse<String> get(String target) {
        try {
            URI uri = URI.create("http://" + address + target);
            return CLIENT.send(HttpRequest.newBuilder(uri).timeout(PATIENCE).build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(process.name() + " does not answer " + target, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
