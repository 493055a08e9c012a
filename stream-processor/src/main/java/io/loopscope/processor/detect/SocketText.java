package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Address;

/** How a socket is written in explanations. */
final class SocketText {

    private SocketText() {}

    /** {@code 127.0.0.1:80}, {@code [::1]:80} (RFC 5952 for the loopback address, else as Java writes it). */
    static String of(Address address, int port) {
        if (address.isIpv4()) {
            return address + ":" + port;
        }
        String text = address.equals(Address.LOOPBACK_6) ? "::1" : address.toString();
        return '[' + text + "]:" + port;
    }
}
