package io.loopscope.systemtests.harness;

import io.loopscope.standalone.broker.BrokerAddress;
import io.loopscope.standalone.broker.EmbeddedKafka;
import io.loopscope.standalone.broker.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A real Kafka broker in a process of its own, with the topics of the catalogue.
 *
 * @param pid its process
 * @param bootstrapServers where clients connect
 * @param ports all that it listens on: for clients, and for its controller
 */
public record Broker(long pid, String bootstrapServers, Set<Integer> ports) {
    private static final Pattern READY = Pattern.compile("ready: (\\S+) (\\d+) (\\d+)");

    public static Broker start(Processes processes) {
        return start(processes, "broker", "topics");
    }

    /** One on which nobody has made topics yet. */
    public static Broker startEmpty(Processes processes) {
        return start(processes, "broker", "empty");
    }

    /** kill -9: it gets no chance to close anything. */
    public void kill() {
        ProcessHandle.of(pid).ifPresent(process -> {
            process.destroyForcibly();
            process.onExit().join();
        });
    }

    /** SIGSTOP: its connections stay, and nothing is answered. */
    public void suspend() {
        signal("STOP");
    }

    /** SIGCONT. */
    public void resume() {
        signal("CONT");
    }

    private void signal(String signal) {
        try {
            int code = new ProcessBuilder("kill", "-s", signal, Long.toString(pid))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException("kill -s " + signal + " of the broker failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Starts it again after its end, with its data and on its ports. */
    public Broker restart(Processes processes) {
        return start(
                processes,
                "broker-after-" + pid,
                "empty",
                Integer.toString(clientPort()),
                Integer.toString(controllerPort()));
    }

    /** Where clients connect. */
    public int clientPort() {
        return Integer.parseInt(bootstrapServers.substring(bootstrapServers.lastIndexOf(':') + 1));
    }

    /** Where it talks to itself. */
    public int controllerPort() {
        return ports.stream().filter(port -> port != clientPort()).findFirst().orElseThrow();
    }

    private static Broker start(Processes processes, String name, String... options) {
        String folder = processes.folder().resolve("broker").toString();
        String[] arguments =
                Stream.concat(Stream.of(folder), Stream.of(options)).toArray(String[]::new);
        ChildProcess process = processes.startJava(name, Broker.class, arguments);
        MatchResult ready = process.awaitOutput(READY, Waits.PROGRAM);
        return new Broker(
                process.pid(),
                ready.group(1),
                Set.of(Integer.parseInt(ready.group(2)), Integer.parseInt(ready.group(3))));
    }

    public static void main(String[] arguments) throws InterruptedException {
        BrokerAddress address = arguments.length == 2
                ? BrokerAddress.ofFreePorts()
                : new BrokerAddress(
                        FourTuple.loopback(0).getAddress(),
                        Integer.parseInt(arguments[2]),
                        Integer.parseInt(arguments[3]));
        EmbeddedKafka kafka = EmbeddedKafka.start(Path.of(arguments[0]), address);
        Runtime.getRuntime().addShutdownHook(new Thread(kafka::close));
        if (arguments[1].equals("topics")) {
            Topics.create(kafka.bootstrapServers());
        }
        System.out.printf("ready: %s %d %d%n", kafka.bootstrapServers(), address.port(), address.controllerPort());
        new CountDownLatch(1).await(); // Until SIGTERM.
    }
}
