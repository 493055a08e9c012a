package io.loopscope.agent.publish;

import io.loopscope.agent.sockets.Endpoint;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Names of brokers, and of a schema registry, as endpoints. Names are resolved aside, because a name server may take its
 * time.
 */
final class BrokerEndpoints {
    private final Set<String> bootstrap;
    private final Map<String, CompletableFuture<List<Endpoint>>> resolved = new HashMap<>();

    /** Knows from the start what {@code bootstrap.servers} says. */
    BrokerEndpoints(Collection<String> bootstrapServers) {
        bootstrap = Set.copyOf(bootstrapServers);
        var unused = of(bootstrap);
    }

    /** The same bootstrap servers for another thread. */
    BrokerEndpoints another() {
        return new BrokerEndpoints(bootstrap);
    }

    /**
     * The endpoints of the bootstrap servers and of these.
     *
     * @param brokers each as {@code host:port}
     * @return those whose names have been resolved
     */
    Collection<Endpoint> of(Collection<String> brokers) {
        Set<Endpoint> endpoints = new HashSet<>();
        Stream.concat(bootstrap.stream(), brokers.stream())
                .forEach(broker -> endpoints.addAll(resolve(broker).getNow(List.of())));
        // What has not been found is asked for again.
        resolved.values().removeIf(answer -> answer.isDone() && answer.join().isEmpty());
        return endpoints;
    }

    private CompletableFuture<List<Endpoint>> resolve(String broker) {
        return resolved.computeIfAbsent(broker, name -> CompletableFuture.supplyAsync(() -> lookUp(name)));
    }

    private static List<Endpoint> lookUp(String broker) {
        int colon = broker.lastIndexOf(':');
        String host = broker.substring(0, colon).replace("[", "").replace("]", "");
        int port = Integer.parseInt(broker.substring(colon + 1));
        try {
            return Arrays.stream(InetAddress.getAllByName(host))
                    .map(address -> Endpoint.of(new InetSocketAddress(address, port)))
                    .toList();
        } catch (UnknownHostException e) {
            return List.of();
        }
    }
}
