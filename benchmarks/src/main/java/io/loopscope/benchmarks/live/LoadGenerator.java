package io.loopscope.benchmarks.live;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Makes loads as it is told on standard input, a line each: {@code flood RATE MILLISECONDS} or {@code storm RATE
 * MILLISECONDS}, where a rate of 0 is as fast as it can. Answers each with {@code done OPERATIONS}. Between two lines, and
 * before the first, it costs nothing. Ends with its input.
 */
public final class LoadGenerator {
    private LoadGenerator() {}

    /** Reads commands until there are no more. */
    public static void main(String[] arguments) throws IOException {
        try (BufferedReader commands =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            String command = commands.readLine();
            while (command != null) {
                String[] words = command.split(" ", -1);
                long nanos = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(words[2]));
                try (Load load = load(words[0])) {
                    System.out.println("done " + Pace.run(load, Long.parseLong(words[1]), nanos));
                }
                command = commands.readLine();
            }
        }
    }

    private static Load load(String name) throws IOException {
        return switch (name) {
            case "flood" -> new Flood();
            case "storm" -> new Storm();
            default -> throw new IllegalArgumentException("there is no load '" + name + "'");
        };
    }
}
