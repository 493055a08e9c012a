package io.loopscope.agent.doctor;

import io.loopscope.agent.publish.KafkaCheckup;
import io.loopscope.agent.publish.KafkaCheckup.Node;
import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Whether Kafka answers, and each broker at the address that it gives to clients. */
final class BrokerCheck implements Check {
    /** {@code host:port}, {@code [::1]:9092}, {@code SSL://host:port}. */
    private static final Pattern ADDRESS = Pattern.compile("(?:\\w+://)?\\[?([^\\[\\]]+?)]?:(\\d{1,5})");

    private final KafkaCheckup kafka;
    private final Duration atMost;

    BrokerCheck(KafkaCheckup kafka, Duration atMost) {
        this.kafka = kafka;
        this.atMost = atMost;
    }

    @Override
    public Finding look() {
        List<Node> nodes;
        try {
            nodes = kafka.brokers();
        } catch (OperatingException e) {
            return e.exitCode() == ExitCode.KAFKA_UNAVAILABLE ? away(e) : Finding.failed(Subject.BROKER, e);
        }
        List<String> silent = new ArrayList<>();
        for (Node node : nodes) {
            refusal(node.host(), node.port())
                    .ifPresent(why -> silent.add(
                            "broker %d says it is at %s, which does not answer: %s".formatted(node.id(), node, why)));
        }
        return judge(kafka.servers(), nodes, silent);
    }

    /** A port that is closed and one that speaks something else are repaired differently. */
    private Finding away(OperatingException e) {
        StringBuilder saw = new StringBuilder(String.valueOf(e.getMessage()));
        for (String server : kafka.servers().strip().split("\\s*,\\s*")) {
            Matcher address = ADDRESS.matcher(server);
            if (address.matches()) {
                String answer = refusal(address.group(1), Integer.parseInt(address.group(2)))
                        .orElse("accepts connections, but no Kafka speaks there as set: is it TLS or SASL on one side"
                                + " only (kafka.security.protocol)?");
                saw.append('\n').append(server).append(": ").append(answer);
            }
        }
        return Finding.failed(Subject.BROKER, saw.toString(), e.remedy(), e.exitCode());
    }

    private Optional<String> refusal(String host, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), (int) atMost.toMillis());
            return Optional.empty();
        } catch (UnknownHostException e) {
            return Optional.of("unknown host");
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    static Finding judge(String servers, List<Node> nodes, List<String> silent) {
        String all = nodes.stream().map(Node::toString).collect(Collectors.joining(", "));
        String saw = "Kafka at %s answers: %d %s, %s"
                .formatted(servers, nodes.size(), nodes.size() == 1 ? "broker" : "brokers", all);
        if (silent.isEmpty()) {
            return Finding.ok(Subject.BROKER, saw);
        }
        return Finding.failed(
                Subject.BROKER,
                saw + "\n" + String.join("\n", silent),
                "Clients need every broker. Check advertised.listeners of the brokers, the names and the firewall.",
                ExitCode.KAFKA_UNAVAILABLE);
    }
}
