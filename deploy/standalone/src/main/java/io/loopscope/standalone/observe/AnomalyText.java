package io.loopscope.standalone.observe;

import io.loopscope.schemas.v1.AnomalyEvent;
import io.loopscope.schemas.v1.AnomalyScope;
import io.loopscope.schemas.v1.AnomalyStage;
import io.loopscope.schemas.v1.Severity;
import io.loopscope.schemas.v1.SocketAddress;
import io.loopscope.schemas.v1.TcpState;
import io.loopscope.settings.terminal.Palette;
import io.loopscope.settings.terminal.SafeText;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An anomaly in words. */
public final class AnomalyText {
    private AnomalyText() {}

    /** {@code OPENED CLOSE_WAIT_STUCK warning}, in the colour of its severity. */
    public static String title(AnomalyEvent event, Palette palette) {
        var name = event.getStage() + " " + SafeText.of(event.getName());
        if (event.getStage() == AnomalyStage.CLEARED) {
            var reason = event.getClearReason();
            return palette.green(name) + (reason == null ? "" : " " + SafeText.of(reason));
        }
        var severity = event.getSeverity();
        var text = name + ' ' + severity.name().toLowerCase(Locale.ROOT);
        return severity == Severity.CRITICAL
                ? palette.red(text)
                : severity == Severity.INFO ? palette.cyan(text) : palette.yellow(text);
    }

    /** Who it is about, in one line. */
    static String subject(AnomalyEvent event) {
        return String.join(", ", subjects(event));
    }

    /**
     * Who it is about: {@code server 127.0.0.1:13306 mysqld[123] CLOSE_WAIT for 5.00 s} and {@code client
     * 127.0.0.1:59994 FIN_WAIT_2 for 5.00 s}, or a listener, or a host.
     */
    public static List<String> subjects(AnomalyEvent event) {
        var count = event.getCount() > 1 ? " (" + event.getCount() + " times)" : "";
        if (event.getScope() == AnomalyScope.HOST || event.getServer() == null) {
            return List.of("host " + SafeText.of(event.getHostId()) + count);
        }
        if (event.getScope() == AnomalyScope.LISTENER || event.getClient() == null) {
            return List.of(end("listener", event.getServer(), event.getServerProcess(), TcpState.UNKNOWN, null, event)
                    + count);
        }
        var server = end(
                "server",
                event.getServer(),
                event.getServerProcess(),
                event.getServerState(),
                event.getServerStateSinceNs(),
                event);
        var client = end(
                "client",
                event.getClient(),
                event.getClientProcess(),
                event.getClientState(),
                event.getClientStateSinceNs(),
                event);
        return List.of(server, client + count);
    }

    private static String end(
            String role,
            @Nullable SocketAddress socket,
            @Nullable String process,
            TcpState state,
            @Nullable Long sinceNs,
            AnomalyEvent event) {
        var text = new StringBuilder(role).append(' ').append(SocketText.of(socket));
        if (process != null) {
            text.append(' ').append(SafeText.of(process));
        }
        if (state != TcpState.UNKNOWN) {
            text.append(' ').append(state);
            if (sinceNs != null && event.getTimeNs() > sinceNs) {
                text.append(" for ").append(TimeText.span(event.getTimeNs() - sinceNs));
            }
        }
        return text.toString();
    }
}
