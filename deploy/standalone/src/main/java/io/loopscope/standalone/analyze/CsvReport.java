package io.loopscope.standalone.analyze;

import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.Endpoint;
import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.Side;
import io.loopscope.schemas.AddressText;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.regex.Pattern;

/** One line a connection; {@code a} is the client. Times are epoch seconds with nine decimals. */
final class CsvReport implements Report {
    private static final String HEADER =
            "file,a_ip,a_port,b_ip,b_port,first_ts,last_ts,a_pkts,b_pkts,a_bytes,b_bytes,syn_a,syn_b,synack_a,synack_b,"
                    + "fin_a,fin_b,rst_a,rst_b,first_fin,history,conn_state,a_state,b_state\n";
    private static final long NANOS = 1_000_000_000L;
    private static final Pattern SPECIAL = Pattern.compile("[,\"\\r\\n]");

    private final Appendable out;
    /** One for all lines: there may be millions. */
    private final StringBuilder line = new StringBuilder();

    CsvReport(Appendable out) {
        this.out = out;
    }

    @Override
    public void begin() throws IOException {
        out.append(HEADER);
    }

    @Override
    public void connection(AnalyzedConnection analyzed) throws IOException {
        Connection connection = analyzed.connection();
        Endpoint a = analyzed.client();
        Endpoint b = analyzed.server();
        line.setLength(0);
        line.append(quoted(analyzed.file()));
        socket(analyzed.socket(Role.CLIENT));
        socket(analyzed.socket(Role.SERVER));
        seconds(connection.startedNanos());
        seconds(connection.lastNanos());
        numbers(a.segments(), b.segments(), a.octets(), b.octets());
        numbers(a.syns(), b.syns(), a.synAcks(), b.synAcks());
        numbers(a.fins(), b.fins(), a.resets(), b.resets());
        text(firstFin(connection));
        text(connection.history());
        text(connection.connState());
        text(a.state().name());
        text(b.state().name());
        out.append(line.append('\n'));
    }

    private void socket(InetSocketAddress socket) {
        text(AddressText.of(socket.getAddress()));
        numbers(socket.getPort());
    }

    private void text(String text) {
        line.append(',').append(text);
    }

    private void numbers(long... numbers) {
        for (long number : numbers) {
            line.append(',').append(number);
        }
    }

    /** By hand: a formatter would take longer than the rest of the line. */
    private void seconds(long nanos) {
        numbers(Math.floorDiv(nanos, NANOS));
        // The 1 in front keeps the zeros.
        int fraction = line.append('.').length();
        line.append(NANOS + Math.floorMod(nanos, NANOS)).deleteCharAt(fraction);
    }

    private static String firstFin(Connection connection) {
        Side first = connection.firstFin();
        if (first == null) {
            return "-";
        }
        return first == connection.client() ? "a" : "b";
    }

    private static String quoted(String text) {
        return SPECIAL.matcher(text).find() ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }
}
