package io.loopscope.standalone.analyze;

import io.loopscope.processor.tcp.Connection;
import io.loopscope.processor.tcp.Endpoint;
import io.loopscope.processor.tcp.Role;
import io.loopscope.processor.tcp.Side;
import io.loopscope.schemas.AddressText;
import java.io.IOException;
import java.util.List;

/** One line a connection; {@code a} is the client. Times are epoch seconds with nine decimals. */
final class CsvReport implements Report {
    private static final String HEADER =
            "file,a_ip,a_port,b_ip,b_port,first_ts,last_ts,a_pkts,b_pkts,a_bytes,b_bytes,syn_a,syn_b,synack_a,synack_b,"
                    + "fin_a,fin_b,rst_a,rst_b,first_fin,history,conn_state,a_state,b_state\n";
    private static final long NANOS = 1_000_000_000L;

    private final Appendable out;

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
        List<Object> fields = List.of(
                quoted(analyzed.file()),
                AddressText.of(analyzed.socket(Role.CLIENT).getAddress()),
                analyzed.socket(Role.CLIENT).getPort(),
                AddressText.of(analyzed.socket(Role.SERVER).getAddress()),
                analyzed.socket(Role.SERVER).getPort(),
                seconds(connection.startedNanos()),
                seconds(connection.lastNanos()),
                a.segments(),
                b.segments(),
                a.octets(),
                b.octets(),
                a.syns(),
                b.syns(),
                a.synAcks(),
                b.synAcks(),
                a.fins(),
                b.fins(),
                a.resets(),
                b.resets(),
                firstFin(connection),
                connection.history(),
                connection.connState(),
                a.state().name(),
                b.state().name());
        String separator = "";
        for (Object field : fields) {
            out.append(separator).append(field.toString());
            separator = ",";
        }
        out.append('\n');
    }

    private static String firstFin(Connection connection) {
        Side first = connection.firstFin();
        if (first == null) {
            return "-";
        }
        return first == connection.client() ? "a" : "b";
    }

    private static String seconds(long nanos) {
        return "%d.%09d".formatted(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
    }

    private static String quoted(String text) {
        return text.matches("[^,\"\\r\\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
