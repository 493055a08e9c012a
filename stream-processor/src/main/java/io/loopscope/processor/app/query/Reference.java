package io.loopscope.processor.app.query;

import io.loopscope.processor.app.http.HttpFailure;
import io.loopscope.schemas.ConnectionKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How people name a connection of a host. */
sealed interface Reference {

    /** The id of one incarnation. */
    record Id(String id) implements Reference {}

    /**
     * The sockets of its two ends, in any order.
     *
     * @param networkNamespace inode of the namespace; null: whichever
     */
    record Sockets(@Nullable Long networkNamespace, InetSocketAddress one, InetSocketAddress other)
            implements Reference {
        ConnectionKey key(String hostId, long namespace) {
            return ConnectionKey.of(hostId, namespace, one, other);
        }
    }

    Pattern ID = Pattern.compile("[a-z2-7]{16}");
    Pattern SOCKETS = Pattern.compile("(?:(\\d{1,19})/)?([^-/]+)-([^-/]+)");
    /** Addresses only: a name would be looked up, and means something else here than on the host. */
    Pattern SOCKET = Pattern.compile("(?:(\\d{1,3}(?:\\.\\d{1,3}){3})|\\[([0-9a-fA-F:.]*:[0-9a-fA-F:.]*)]):(\\d{1,5})");

    /** Reads what stands behind the host in a path. */
    static Reference of(String text) {
        if (ID.matcher(text).matches()) {
            return new Id(text);
        }
        Matcher sockets = SOCKETS.matcher(text);
        if (!sockets.matches()) {
            throw unknown(text);
        }
        String namespace = sockets.group(1);
        try {
            return new Sockets(
                    namespace == null ? null : (Long) Long.parseLong(namespace),
                    socket(text, sockets.group(2)),
                    socket(text, sockets.group(3)));
        } catch (IllegalArgumentException | UnknownHostException e) {
            throw unknown(text);
        }
    }

    private static InetSocketAddress socket(String all, String text) throws UnknownHostException {
        Matcher form = SOCKET.matcher(text);
        if (!form.matches()) {
            throw unknown(all);
        }
        String address = form.group(1) == null ? form.group(2) : form.group(1);
        return ConnectionKey.socket(InetAddress.getByName(address).getAddress(), Integer.parseInt(form.group(3)));
    }

    private static HttpFailure unknown(String text) {
        return HttpFailure.badRequest(
                "'" + text + "' is neither two sockets nor the id of a connection", OneConnection.FORM);
    }
}
