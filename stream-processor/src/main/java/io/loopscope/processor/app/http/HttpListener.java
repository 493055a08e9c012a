package io.loopscope.processor.app.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens, finds who answers, and sends the answer. Nothing can be changed by a request. */
public final class HttpListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpListener.class);

    /** More requests than these at once wait. */
    private static final int THREADS = 16;

    private static final int WAITING = 256;

    private final HttpServer server;
    private final ListenAddress address;
    private final ThreadPoolExecutor threads;
    private final Map<String, Handler> exact = new ConcurrentHashMap<>();
    private final Map<String, Handler> below = new ConcurrentHashMap<>();
    private final Map<Served, LongAdder> served = new ConcurrentHashMap<>();

    /**
     * Requests answered.
     *
     * @param route path of who answered, {@code none} when nobody did
     * @param code HTTP status code
     */
    public record Served(String route, int code) {}

    private HttpListener(HttpServer server, ListenAddress address) {
        this.server = server;
        this.address = address;
        threads = new ThreadPoolExecutor(
                THREADS, THREADS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING), factory());
        threads.allowCoreThreadTimeOut(true);
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    /**
     * Opens the port.
     *
     * @param orAnother take any free port when this one is taken
     * @throws OperatingException when it can't be opened
     */
    public static HttpListener open(ListenAddress listen, boolean orAnother) {
        // A client that sends its request octet by octet must not hold a thread for ever. Read once, by the JDK.
        if (System.getProperty("sun.net.httpserver.maxReqTime") == null) {
            System.setProperty("sun.net.httpserver.maxReqTime", "10");
        }
        try {
            return bound(listen);
        } catch (IOException | IllegalArgumentException e) {
            if (orAnother) {
                LOG.warn("Nothing can listen at {} ({}): another port is taken", listen, e.getMessage());
                return open(listen.withPort(0), false);
            }
            throw new OperatingException(
                    "nothing can listen at " + listen + ": " + e.getMessage(),
                    "Set processor.http.listen to another address and port, to port 0 for any that is free, or to"
                            + " nothing for no HTTP.",
                    ExitCode.BAD_CONFIGURATION,
                    e);
        }
    }

    private static HttpListener bound(ListenAddress listen) throws IOException {
        HttpServer server = HttpServer.create(listen.socket(), 0);
        return new HttpListener(server, listen.withPort(server.getAddress().getPort()));
    }

    /** Where it listens, with the port that was found. */
    public ListenAddress address() {
        return address;
    }

    /** Answers requests for this path; takes the place of who did so before. */
    public void route(String path, Handler handler) {
        exact.put(path, handler);
    }

    /** Answers requests for all paths that begin so. */
    public void routeBelow(String prefix, Handler handler) {
        below.put(prefix, handler);
    }

    /** What was answered so far. */
    public Map<Served, Long> served() {
        Map<Served, Long> sums = new ConcurrentHashMap<>();
        served.forEach((what, number) -> sums.put(what, number.sum()));
        return sums;
    }

    private void serve(HttpExchange exchange) throws IOException {
        String route = route(exchange.getRequestURI().getRawPath());
        try (exchange) {
            Answer answer = answer(route, exchange);
            served.computeIfAbsent(new Served(route, answer.status()), what -> new LongAdder())
                    .increment();
            exchange.getResponseHeaders().set("Content-Type", answer.contentType());
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            if (answer.status() == 503) {
                exchange.getResponseHeaders().set("Retry-After", "2");
            }
            boolean head = exchange.getRequestMethod().equals("HEAD");
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), head || body.length == 0 ? -1 : body.length);
            if (!head) {
                exchange.getResponseBody().write(body);
            }
        } catch (IOException e) {
            LOG.debug("An answer could not be sent", e); // The client has gone.
        }
    }

    private String route(String path) {
        if (exact.containsKey(path)) {
            return path;
        }
        return below.keySet().stream().filter(path::startsWith).findFirst().orElse("none");
    }

    private Answer answer(String route, HttpExchange exchange) {
        try {
            String method = exchange.getRequestMethod();
            if (!method.equals("GET") && !method.equals("HEAD")) {
                throw HttpFailure.readOnly(method);
            }
            Handler handler = exact.getOrDefault(route, below.get(route));
            if (handler == null) {
                throw HttpFailure.notFound(
                        "there is nothing at " + exchange.getRequestURI().getRawPath(),
                        "GET /api/v1 lists what there is.");
            }
            return handler.answer(Request.of(exchange));
        } catch (HttpFailure e) {
            return e.answer();
        } catch (RuntimeException e) {
            LOG.error("{} failed", exchange.getRequestURI(), e);
            return HttpFailure.bug().answer();
        }
    }

    private static ThreadFactory factory() {
        AtomicInteger number = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, "loopscope-http-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Closes the port; answers on their way are given a moment. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
