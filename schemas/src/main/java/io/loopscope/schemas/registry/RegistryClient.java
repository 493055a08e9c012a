package io.loopscope.schemas.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.loopscope.schemas.registry.SchemaRegistryException.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The few requests of Confluent's registry API that are needed. Each tries the registry's addresses in turn and throws
 * {@link SchemaRegistryException} when none of them does what it is asked. By {@link HttpURLConnection}, because it has no
 * threads: a handful of requests must not leave any behind in an agent.
 */
final class RegistryClient {
    private static final int CONNECT_TIMEOUT_MS = 3_000;
    private static final int READ_TIMEOUT_MS = 10_000;
    private static final int MOST_OCTETS = 4_000_000;
    private static final String TYPE = "application/vnd.schemaregistry.v1+json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<URI> urls;
    private final String authorization;

    /** A client that has not asked yet. */
    RegistryClient(RegistryConfig config) {
        urls = config.urls();
        authorization = config.userInfo().isEmpty()
                ? ""
                : "Basic "
                        + Base64.getEncoder().encodeToString(config.userInfo().getBytes(StandardCharsets.UTF_8));
    }

    private record Answer(int status, JsonNode body) {}

    /** The id of a schema, which is registered when it is not yet: for that, other rights are needed. */
    int id(String subject, String schema) {
        Map<String, ?> body = Map.of("schema", schema);
        String path = "/subjects/" + encoded(subject);
        Answer known = send("POST", path, body);
        Answer answer = known.status == 404 ? send("POST", path + "/versions", body) : known;
        JsonNode id = answer.body.path("id");
        if (answer.status != 200 || !id.canConvertToInt()) {
            throw unexpected("register " + subject, answer);
        }
        return id.intValue();
    }

    /** The schema with this id; empty when the registry does not know it. */
    Optional<String> schema(int id) {
        Answer answer = send("GET", "/schemas/ids/" + Integer.toUnsignedString(id), null);
        if (answer.status == 404) {
            return Optional.empty();
        }
        JsonNode schema = answer.body.path("schema");
        if (answer.status != 200 || !schema.isTextual()) {
            throw unexpected("give schema " + id, answer);
        }
        return Optional.of(schema.textValue());
    }

    /** The compatibility level of a subject; empty when it has none of its own. */
    Optional<String> compatibility(String subject) {
        Answer answer = send("GET", "/config/" + encoded(subject), null);
        if (answer.status == 404) {
            return Optional.empty();
        }
        JsonNode level = answer.body.path("compatibilityLevel");
        if (answer.status != 200 || !level.isTextual()) {
            throw unexpected("give the compatibility of " + subject, answer);
        }
        return Optional.of(level.textValue());
    }

    /** Gives a subject a compatibility level of its own. */
    void setCompatibility(String subject, String level) {
        Answer answer = send("PUT", "/config/" + encoded(subject), Map.of("compatibility", level));
        if (answer.status != 200) {
            throw unexpected("set the compatibility of " + subject, answer);
        }
    }

    private Answer send(String method, String path, @Nullable Object body) {
        @Nullable SchemaRegistryException last = null;
        for (URI url : urls) {
            try {
                return send(URI.create(url + path), method, body);
            } catch (IOException e) {
                last = new SchemaRegistryException(
                        Problem.UNREACHABLE, "the schema registry at " + url + " does not answer (" + text(e) + ")");
            } catch (SchemaRegistryException e) {
                if (e.problem() != Problem.UNREACHABLE) {
                    throw e;
                }
                last = e;
            }
        }
        throw last == null ? new IllegalStateException("no registry is configured") : last;
    }

    private Answer send(URI address, String method, @Nullable Object body) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
        connection.setConnectTimeout(CONNECT_TIMEOUT_MS);
        connection.setReadTimeout(READ_TIMEOUT_MS);
        connection.setInstanceFollowRedirects(false); // Credentials go nowhere else.
        connection.setUseCaches(false);
        connection.setRequestMethod(method);
        connection.setRequestProperty("Accept", TYPE + ", application/json");
        if (!authorization.isEmpty()) {
            connection.setRequestProperty("Authorization", authorization);
        }
        if (body != null) {
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", TYPE);
            try (var out = connection.getOutputStream()) {
                out.write(JSON.writeValueAsBytes(body));
            }
        }
        return answer(address, connection);
    }

    private static Answer answer(URI address, HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        byte[] octets;
        // Read to the end, so that the connection is used again.
        try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            octets = in == null ? new byte[0] : in.readNBytes(MOST_OCTETS);
        }
        String says =
                "the schema registry at " + address.getScheme() + "://" + address.getAuthority() + " answers " + status;
        if (status == 401 || status == 403) {
            throw new SchemaRegistryException(Problem.REFUSED, says + " to " + address.getPath());
        }
        if (status >= 500 || status == 408 || status == 429) {
            throw new SchemaRegistryException(Problem.UNREACHABLE, says + " to " + address.getPath());
        }
        JsonNode body = json(octets);
        // A registry's own 404 has a code: others are of who knows no such path.
        if (!body.isObject() || (status == 404 && !body.has("error_code"))) {
            throw new SchemaRegistryException(
                    Problem.NO_REGISTRY, says + " to " + address.getPath() + " as no registry does");
        }
        return new Answer(status, body);
    }

    private static JsonNode json(byte[] octets) throws IOException {
        try {
            return JSON.readTree(octets);
        } catch (JsonProcessingException e) {
            return JSON.missingNode();
        }
    }

    private static SchemaRegistryException unexpected(String asked, Answer answer) {
        Problem problem = answer.status == 409 || answer.status == 422 ? Problem.INCOMPATIBLE : Problem.NO_REGISTRY;
        String message = answer.body.path("message").asText("");
        return new SchemaRegistryException(
                problem,
                "the schema registry was to " + asked + " and answers " + answer.status
                        + (message.isEmpty() ? "" : ": " + message));
    }

    private static String encoded(String subject) {
        return URLEncoder.encode(subject, StandardCharsets.UTF_8);
    }

    private static String text(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
