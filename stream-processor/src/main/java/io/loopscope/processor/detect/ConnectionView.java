package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Address;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Initiator;
import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpState;

/**
 * One incarnation of a connection as it was at one moment. Immutable.
 *
 * @param id pure function of host, 4-tuple and initial sequence numbers (or first segment)
 * @param tuple namespace and both sockets
 * @param client the side that is the client
 * @param initiator how that is known
 * @param partial it began before the capture: states are what later segments prove
 * @param clientState state of the client
 * @param clientSinceNanos since when
 * @param serverState state of the server
 * @param serverSinceNanos since when
 * @param history what was seen, as Zeek writes it
 */
public record ConnectionView(
        String id,
        FourTuple tuple,
        Side client,
        Initiator initiator,
        boolean partial,
        TcpState clientState,
        long clientSinceNanos,
        TcpState serverState,
        long serverSinceNanos,
        String history) {

    /** The side of a role. */
    public Side side(Role role) {
        return role == Role.CLIENT ? client : client.peer();
    }

    /** Address of an end. */
    public Address address(Role role) {
        return tuple.address(side(role));
    }

    /** Port of an end, 0 to 65535. */
    public int port(Role role) {
        return tuple.port(side(role));
    }

    /** State of an end. */
    public TcpState state(Role role) {
        return role == Role.CLIENT ? clientState : serverState;
    }

    /** The listener it belongs to. */
    public Listener listener() {
        return new Listener(tuple.networkNamespace(), address(Role.SERVER), port(Role.SERVER));
    }

    /** {@code 127.0.0.1:59994}. */
    public String text(Role role) {
        return SocketText.of(address(role), port(role));
    }
}
