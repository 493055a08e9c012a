package io.loopscope.processor.app.http;

import com.sun.net.httpserver.HttpExchange;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What was asked.
 *
 * @param path raw path
 * @param query raw query, without the question mark; null when there is none
 * @param parameters decoded query parameters
 * @param forwarded another processor asks: it wants what this one has, and nothing of others
 * @param accept what the client wants to get, null when it does not say
 */
public record Request(
        String path,
        @Nullable String query,
        Map<String, String> parameters,
        boolean forwarded,
        @Nullable String accept) {

    /** Header of requests between processors. */
    public static final String FORWARDED = "Loopscope-Forwarded";

    static Request of(HttpExchange exchange) {
        String query = exchange.getRequestURI().getRawQuery();
        return new Request(
                exchange.getRequestURI().getRawPath(),
                query,
                parameters(query),
                exchange.getRequestHeaders().containsKey(FORWARDED),
                exchange.getRequestHeaders().getFirst("Accept"));
    }

    /** Parts of the path behind a prefix, decoded; empty ones are left out. */
    public List<String> partsAfter(String prefix) {
        return Arrays.stream(path.substring(prefix.length()).split("/"))
                .filter(part -> !part.isEmpty())
                .map(Request::decoded)
                .toList();
    }

    /** The same with one more parameter; path and query stay as they came. */
    public Request withParameter(String name, String value) {
        Map<String, String> more = new TreeMap<>(parameters);
        more.put(name, value);
        return new Request(path, query, more, forwarded, accept);
    }

    /** Path and query as they came. */
    public String target() {
        return query == null ? path : path + '?' + query;
    }

    /** Nobody shall believe in a filter that is misspelt, and not applied. */
    public void allow(Set<String> names) {
        for (String name : parameters.keySet()) {
            if (!names.contains(name)) {
                throw HttpFailure.badRequest(
                        "there is no parameter '" + name + "' here",
                        names.isEmpty() ? "There are none." : "There are: " + String.join(", ", names) + ".");
            }
        }
    }

    /** A parameter; null when it is not there. */
    public @Nullable String text(String name) {
        return parameters.get(name);
    }

    /** A whole number; {@code other} when it is not there. */
    public int number(String name, int other, int least, int most) {
        String text = parameters.get(name);
        if (text == null) {
            return other;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw HttpFailure.badRequest(
                name + " is '" + text + "'", name + " is a whole number from " + least + " to " + most + ".");
    }

    private static Map<String, String> parameters(@Nullable String query) {
        Map<String, String> parameters = new TreeMap<>();
        if (query != null && !query.isEmpty()) {
            for (String part : query.split("&")) {
                int equals = part.indexOf('=');
                String name = decoded(equals < 0 ? part : part.substring(0, equals));
                parameters.put(name, equals < 0 ? "" : decoded(part.substring(equals + 1)));
            }
        }
        return parameters;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw HttpFailure.badRequest("'" + text + "' is not percent-encoded as it should be", "Write % as %25.");
        }
    }
}
