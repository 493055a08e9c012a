package io.loopscope.processor.sockets;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Part of one poll of a namespace's socket table. It comes after all segments captured up to its time.
 *
 * @param pollId counts the polls of an agent run from 0 on; the reports of one poll share it
 * @param full the poll reports every socket; else only what changed
 * @param lastOfPoll nothing more of this poll follows
 * @param timeNanos when the table was read, nanoseconds since the epoch by the host's clock
 * @param sockets new and changed ones, or all
 * @param gone those that have left since the poll before
 * @param listenOverflows connections dropped since boot because an accept queue was full; null when unknown
 * @param ephemeralPorts how many ports the kernel can give to clients; null when unknown
 */
public record SocketReport(
        long pollId,
        boolean full,
        boolean lastOfPoll,
        long timeNanos,
        List<KernelSocket> sockets,
        List<GoneSocket> gone,
        @Nullable Long listenOverflows,
        @Nullable Integer ephemeralPorts) {

    public SocketReport {
        sockets = List.copyOf(sockets);
        gone = List.copyOf(gone);
    }
}
