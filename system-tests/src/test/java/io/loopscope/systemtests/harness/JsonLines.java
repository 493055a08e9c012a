package io.loopscope.systemtests.harness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;

/** The output of a program that prints one JSON object a line. */
public final class JsonLines {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ChildProcess program;

    public JsonLines(ChildProcess program) {
        this.program = program;
    }

    /**
     * All lines so far.
     *
     * @throws AssertionError when one is not JSON
     */
    public Stream<JsonNode> all() {
        String output = program.output();
        List<JsonNode> lines = new ArrayList<>();
        // The last line may not be whole yet.
        output.substring(0, output.lastIndexOf('\n') + 1).lines().forEach(line -> lines.add(parse(line)));
        return lines.stream();
    }

    /** Lines whose {@code type} is this. */
    public Stream<JsonNode> ofType(String type) {
        return all().filter(line -> line.path("type").asText().equals(type));
    }

    /** Waits for a heartbeat that promises everything up to a time. */
    public JsonNode awaitHeartbeat(Instant time, Duration timeout) {
        await("a heartbeat up to " + time, timeout, lines -> lines.anyMatch(line -> promises(line, time)));
        return all().filter(line -> promises(line, time)).findFirst().orElseThrow();
    }

    /** The time up to which a heartbeat promises everything. */
    public static Instant watermark(JsonNode heartbeat) {
        return Instant.parse(heartbeat.path("watermark").asText());
    }

    private static boolean promises(JsonNode line, Instant time) {
        return line.path("type").asText().equals("heartbeat")
                && !watermark(line).isBefore(time);
    }

    /** Waits until the lines are as wanted. */
    public void await(String what, Duration timeout, Predicate<Stream<JsonNode>> wanted) {
        try {
            Awaitility.await(program.name() + " prints " + what)
                    .atMost(timeout)
                    .pollInterval(Waits.POLL)
                    .failFast(program.name() + " has ended", () -> !program.isAlive())
                    .until(() -> wanted.test(all()));
        } catch (ConditionTimeoutException | TerminalFailureException e) {
            throw new AssertionError(program.name() + " never printed " + what + "\n" + program.tail(), e);
        }
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + line, e);
        }
    }
}
