package io.loopscope.standalone.broker;

import io.loopscope.settings.ExitCode;
import io.loopscope.settings.OperatingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/**
 * Where an embedded broker listens. Its controller is only for itself and always on 127.0.0.1.
 *
 * @param host address that clients connect to, no wildcard
 * @param port TCP port for clients, 1 to 65535
 * @param controllerPort TCP port for the controller, 1 to 65535, another one
 */
public record BrokerAddress(InetAddress host, int port, int controllerPort) {
    /** Below the range that kernels take local ports of outgoing connections from, so seldom taken. */
    private static final int FIRST_PORT = 19092;

    private static final int LAST_PORT = 19192;

    /**
     * @throws IllegalArgumentException when the host is a wildcard, which nobody can connect to, or the ports are equal
     */
    public BrokerAddress {
        if (host.isAnyLocalAddress()) {
            throw new IllegalArgumentException("a broker needs an address that clients can connect to, not " + host);
        }
        if (port == controllerPort) {
            throw new IllegalArgumentException("broker and controller cannot share port " + port);
        }
    }

    /** On 127.0.0.1, with two ports that are free now; for tests. */
    public static BrokerAddress ofFreePorts() {
        try (var broker = new ServerSocket(0, 1, loopback());
                var controller = new ServerSocket(0, 1, loopback())) {
            return new BrokerAddress(loopback(), broker.getLocalPort(), controller.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * An address for people, who like the same port each time: the wanted ports when they are free, else the first free
     * ones from 19092 on.
     *
     * @param wantedPort port of the last start, or 0
     * @param wantedControllerPort port of the last start, or 0
     */
    public static BrokerAddress choose(InetAddress host, int wantedPort, int wantedControllerPort) {
        int port = isUsable(host, wantedPort) ? wantedPort : firstFree(host, wantedControllerPort);
        return withPort(host, port, wantedControllerPort);
    }

    /** As {@link #choose}, with the clients' port given by the user, who is told when it is taken. */
    public static BrokerAddress withPort(InetAddress host, int port, int wantedControllerPort) {
        int controllerPort = wantedControllerPort != port && isUsable(loopback(), wantedControllerPort)
                ? wantedControllerPort
                : firstFree(loopback(), port);
        return new BrokerAddress(host, port, controllerPort);
    }

    /** {@code host:port} for clients. */
    public String bootstrapServers() {
        return text(host) + ':' + port;
    }

    String controller() {
        return text(loopback()) + ':' + controllerPort;
    }

    /** Whether a broker could listen there now. */
    public boolean isFree() {
        return isUsable(host, port) && isUsable(loopback(), controllerPort);
    }

    /** @throws OperatingException when one of the ports is taken */
    void requireFree() {
        if (!isFree()) {
            throw inUse();
        }
    }

    OperatingException inUse() {
        boolean clients = !isUsable(host, port);
        return new OperatingException(
                "the embedded broker cannot listen on " + (clients ? bootstrapServers() : controller())
                        + ": the port is in use, or the address is not of this machine",
                "See who listens: ss -ltnp 'sport = :" + (clients ? port : controllerPort)
                        + "'. Choose another port with --broker-port.",
                ExitCode.FAILURE);
    }

    private static int firstFree(InetAddress host, int except) {
        for (int port = FIRST_PORT; port <= LAST_PORT; port++) {
            if (port != except && isUsable(host, port)) {
                return port;
            }
        }
        throw new OperatingException(
                "no port from " + FIRST_PORT + " to " + LAST_PORT + " is free on " + text(host),
                "Choose a port with --broker-port.",
                ExitCode.FAILURE);
    }

    /** Binds it for a moment, as the broker will. */
    private static boolean isUsable(InetAddress host, int port) {
        if (port == 0) {
            return false;
        }
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(host, port), 1);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static String text(InetAddress address) {
        var text = io.loopscope.schemas.AddressText.of(address);
        return text.indexOf(':') < 0 ? text : '[' + text + ']';
    }

    private static InetAddress loopback() {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four octets are an address", e);
        }
    }
}
