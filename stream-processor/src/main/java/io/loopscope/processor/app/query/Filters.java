package io.loopscope.processor.app.query;

import io.loopscope.processor.app.http.HttpFailure;
import io.loopscope.processor.app.http.Request;
import io.loopscope.processor.tcp.TcpState;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Parameters that several lists have. */
final class Filters {
    static final String PORT = "port";
    static final String STATE = "state";

    private static final int LARGEST_PORT = 65_535;

    private Filters() {}

    /** A server port; -1: any. */
    static int port(Request request) {
        return request.number(PORT, -1, 0, LARGEST_PORT);
    }

    /** A state, in any spelling: {@code CLOSE_WAIT}, {@code close-wait}; null: any. */
    static @Nullable TcpState state(Request request) {
        String text = request.text(STATE);
        if (text == null) {
            return null;
        }
        String name = text.toUpperCase(Locale.ROOT).replace('-', '_');
        return Arrays.stream(TcpState.values())
                .filter(state -> state.name().equals(name))
                .findFirst()
                .orElseThrow(() -> HttpFailure.badRequest(
                        "no state is called '" + text + "'",
                        "There are: "
                                + String.join(
                                        ", ",
                                        Arrays.stream(TcpState.values())
                                                .map(Enum::name)
                                                .toList())
                                + "."));
    }
}
