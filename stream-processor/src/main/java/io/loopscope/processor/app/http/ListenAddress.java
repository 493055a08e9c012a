package io.loopscope.processor.app.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/**
 * {@code HOST:PORT}, with brackets around an IPv6 address.
 *
 * @param host name or address, without brackets
 * @param port 0 to 65535
 */
public record ListenAddress(String host, int port) {
    private static final Pattern FORM = Pattern.compile("(?:\\[([^\\]]+)]|([^:\\[\\]]+)):(\\d{1,5})");
    private static final int LARGEST_PORT = 65_535;

    /** Empty, or an address. */
    public static final ConfigDef.Validator OR_EMPTY = ConfigDef.LambdaValidator.with(
            (name, value) -> {
                String text = String.valueOf(value);
                if (!text.isEmpty() && !isAddress(text)) {
                    throw new ConfigException(name, value, "not HOST:PORT");
                }
            },
            () -> "HOST:PORT, or empty");

    /** Reads what the validator lets pass. */
    public static ListenAddress of(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException(text + " is not HOST:PORT");
        }
        return new ListenAddress(
                form.group(1) == null ? form.group(2) : form.group(1), Integer.parseInt(form.group(3)));
    }

    private static boolean isAddress(String text) {
        Matcher form = FORM.matcher(text);
        return form.matches() && Integer.parseInt(form.group(3)) <= LARGEST_PORT;
    }

    InetSocketAddress socket() {
        return new InetSocketAddress(host, port);
    }

    /**
     * Where others reach who listens here: a wildcard stands for the name of this machine.
     *
     * @throws UnknownHostException when the machine does not know its name
     */
    public ListenAddress reachable() throws UnknownHostException {
        boolean any = socket().getAddress() != null && socket().getAddress().isAnyLocalAddress();
        return any ? new ListenAddress(InetAddress.getLocalHost().getHostName(), port) : this;
    }

    ListenAddress withPort(int other) {
        return new ListenAddress(host, other);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : '[' + host + ']') + ':' + port;
    }
}
