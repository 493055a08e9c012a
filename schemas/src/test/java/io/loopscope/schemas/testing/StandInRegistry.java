package io.loopscope.schemas.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.loopscope.schemas.RecordHead;
import io.loopscope.schemas.SchemaIds;
import io.loopscope.schemas.registry.RegistryConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;

/**
 * A stand-in for a schema registry, with the part of Confluent's API that Loopscope uses: no real one is at hand that runs
 * on Java 17. It can go away and come back with what it knew, ask for a password, forbid, and talk nonsense.
 */
public final class StandInRegistry implements AutoCloseable {
    static {
        // Or each answer waits 40 ms for the acknowledgment of its header.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<Schema> schemas = new ArrayList<>();
    private final Map<String, List<Integer>> subjects = new TreeMap<>();
    private final Map<String, String> levels = new TreeMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final int firstId;
    private HttpServer server;
    private int port;
    private String credentials = "";
    private boolean readOnly;
    private int wrongStatus;
    private String wrongBody = "";

    private record Answer(int status, Object body) {}

    private StandInRegistry(int firstId) {
        this.firstId = firstId;
    }

    /** One that knows nothing yet, on a free port of the loopback address. */
    public static StandInRegistry start() {
        return start(1);
    }

    /** The same; its ids begin here. */
    public static StandInRegistry start(int firstId) {
        return startAt(0, firstId);
    }

    /** The same on this port. */
    public static StandInRegistry startAt(int port, int firstId) {
        StandInRegistry registry = new StandInRegistry(firstId);
        registry.port = port;
        registry.comeBack();
        return registry;
    }

    /** Listens again where it did before. */
    public void comeBack() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        port = server.getAddress().getPort();
        server.createContext("/", this::handle);
        server.start();
    }

    /** Nobody listens there any more, and open connections end. */
    public void goAway() {
        server.stop(0);
    }

    /** Asks for these from now on. */
    public synchronized void demand(String user, String password) {
        credentials =
                "Basic " + Base64.getEncoder().encodeToString((user + ':' + password).getBytes(StandardCharsets.UTF_8));
    }

    /** Registers nothing any more. */
    public synchronized void forbidRegistering() {
        readOnly = true;
    }

    /** Answers everything with this from now on. */
    public synchronized void talkNonsense(int status, String body) {
        wrongStatus = status;
        wrongBody = body;
    }

    /** Registers a schema as a program would. */
    public synchronized int register(String subject, Schema schema) {
        int index = schemas.indexOf(schema);
        if (index < 0) {
            index = schemas.size();
            schemas.add(schema);
        }
        int id = firstId + index;
        List<Integer> versions = subjects.computeIfAbsent(subject, name -> new ArrayList<>());
        if (!versions.contains(id)) {
            versions.add(id);
        }
        return id;
    }

    /** What it knows, for a reader in this process: whether it listens or not. */
    public SchemaIds asReader() {
        return new SchemaIds() {
            @Override
            public RecordHead head(Schema schema) {
                throw new UnsupportedOperationException("only to read");
            }

            @Override
            public Schema schema(int id) {
                return schemaOf(id);
            }
        };
    }

    private synchronized Schema schemaOf(int id) {
        return schemas.get(id - firstId);
    }

    /** Names of all subjects. */
    public synchronized List<String> subjects() {
        return List.copyOf(subjects.keySet());
    }

    /** Compatibility levels by subject. */
    public synchronized Map<String, String> levels() {
        return new LinkedHashMap<>(levels);
    }

    /** Somebody gives a subject another level. */
    public synchronized void setLevel(String subject, String level) {
        levels.put(subject, level);
    }

    /** Methods and paths of all requests. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Without credentials. */
    public RegistryConfig config(Path cache) {
        return new RegistryConfig(List.of(URI.create(url())), "", cache);
    }

    private synchronized void handle(HttpExchange exchange) throws IOException {
        String path = URLDecoder.decode(exchange.getRequestURI().getRawPath(), StandardCharsets.UTF_8);
        requests.add(exchange.getRequestMethod() + ' ' + path);
        JsonNode body = JSON.readTree(exchange.getRequestBody().readAllBytes());
        Answer answer = credentials.isEmpty()
                        || credentials.equals(exchange.getRequestHeaders().getFirst("Authorization"))
                ? answer(exchange.getRequestMethod(), path.substring(1).split("/"), body)
                : error(401, 40101);
        byte[] octets =
                wrongStatus == 0 ? JSON.writeValueAsBytes(answer.body) : wrongBody.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(
                wrongStatus == 0 ? answer.status : wrongStatus, octets.length == 0 ? -1 : octets.length);
        try (exchange) {
            exchange.getResponseBody().write(octets);
        }
    }

    private Answer answer(String method, String[] path, JsonNode body) {
        if (path[0].equals("schemas")) {
            int index = Integer.parseUnsignedInt(path[2]) - firstId;
            return index >= 0 && index < schemas.size()
                    ? new Answer(200, Map.of("schema", schemas.get(index).toString()))
                    : error(404, 40403);
        } else if (path[0].equals("config")) {
            return config(method, path[1], body);
        }
        Schema schema = new Schema.Parser().parse(body.path("schema").textValue());
        return path.length == 2 ? lookUp(path[1], schema) : add(path[1], schema);
    }

    private Answer config(String method, String subject, JsonNode body) {
        if (method.equals("PUT")) {
            levels.put(subject, body.path("compatibility").textValue());
            return new Answer(200, Map.of("compatibility", levels.get(subject)));
        }
        return levels.containsKey(subject)
                ? new Answer(200, Map.of("compatibilityLevel", levels.get(subject)))
                : error(404, 40408);
    }

    private Answer lookUp(String subject, Schema schema) {
        int id = firstId + schemas.indexOf(schema);
        List<Integer> versions = subjects.get(subject);
        if (versions == null || !versions.contains(id)) {
            return error(404, versions == null ? 40401 : 40403);
        }
        return new Answer(200, Map.of("subject", subject, "id", id, "version", versions.indexOf(id) + 1));
    }

    private Answer add(String subject, Schema schema) {
        if (readOnly) {
            return error(403, 40301);
        }
        boolean compatible = subjects.getOrDefault(subject, List.of()).stream()
                .map(id -> schemas.get(id - firstId))
                .allMatch(before -> reads(before, schema) && reads(schema, before));
        return compatible ? new Answer(200, Map.of("id", register(subject, schema))) : error(409, 409);
    }

    private static boolean reads(Schema reader, Schema writer) {
        return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                        .getType()
                == SchemaCompatibilityType.COMPATIBLE;
    }

    private static Answer error(int status, int code) {
        return new Answer(status, Map.of("error_code", code, "message", "no"));
    }

    @Override
    public void close() {
        goAway();
    }
}
