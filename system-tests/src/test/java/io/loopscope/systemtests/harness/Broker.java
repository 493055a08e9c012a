package io.loopscope.systemtests.harness;

import io.loopscope.standalone.broker.BrokerAddress;
import io.loopscope.standalone.broker.EmbeddedKafka;
import io.loopscope.standalone.broker.Topics;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

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
        return start(processes, "topics");
    }

    /** One on which nobody has made topics yet. */
    public static Broker startEmpty(Processes processes) {
        return start(processes, "empty");
    }

    private static Broker start(Processes processes, String topics) {
        String folder = processes.folder().resolve("broker").toString();
        ChildProcess process = processes.startJava("broker", Broker.class, folder, topics);
        MatchResult ready = process.awaitOutput(READY, Waits.PROGRAM);
        return new Broker(
                process.pid(),
                ready.group(1),
                Set.of(Integer.parseInt(ready.group(2)), Integer.parseInt(ready.group(3))));
    }

    public static void main(String[] arguments) throws InterruptedException {
        BrokerAddress address = BrokerAddress.ofFreePorts();
        EmbeddedKafka kafka = EmbeddedKafka.start(Path.of(arguments[0]), address);
        Runtime.getRuntime().addShutdownHook(new Thread(kafka::close));
        if (arguments[1].equals("topics")) {
            Topics.create(kafka.bootstrapServers());
        }
        System.out.printf("ready: %s %d %d%n", kafka.bootstrapServers(), address.port(), address.controllerPort());
        new CountDownLatch(1).await(); // Until SIGTERM.
    }
}
