package io.loopscope.standalone.analyze;

import io.loopscope.processor.detect.AnomalyName;
import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.Endpoint;
import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.Side;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Set;

/**
 * One incarnation of a connection in a file, with all that was counted. Valid only during the call it is handed to:
 * the connection goes on to its next incarnation.
 *
 * @param file the file as it was named
 * @param connection its counters and states
 * @param anomalies names of the anomalies that were raised for it
 */
record AnalyzedConnection(String file, Connection connection, Set<AnomalyName> anomalies) {

    Endpoint client() {
        return connection.endpoint(side(Role.CLIENT));
    }

    Endpoint server() {
        return connection.endpoint(side(Role.SERVER));
    }

    /** On a connection of a socket to itself, the one end has both roles. */
    private Side side(Role role) {
        return role == Role.CLIENT ? connection.client() : connection.client().peer();
    }

    InetSocketAddress socket(Role role) {
        Side side = side(role);
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(
                            connection.fourTuple().address(side).octets()),
                    connection.fourTuple().port(side));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of 4 or 16 octets", e);
        }
    }
}
