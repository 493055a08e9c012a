package io.loopscope.processor.streams;

import static io.loopscope.processor.streams.Ranges.notNegative;
import static io.loopscope.processor.streams.Ranges.outOfRange;
import static io.loopscope.processor.streams.Ranges.time;
import static io.loopscope.processor.streams.Ranges.within;

import io.loopscope.processor.sockets.GoneSocket;
import io.loopscope.processor.sockets.KernelSocket;
import io.loopscope.processor.sockets.Owner;
import io.loopscope.processor.sockets.SocketFacts;
import io.loopscope.processor.tcp.Address;
import io.loopscope.processor.tcp.TcpState;
import io.loopscope.schemas.v1.SocketAddress;
import io.loopscope.schemas.v1.SocketReport;
import org.jspecify.annotations.Nullable;

/** The parts of a {@link SocketReport} in the words of the core, each number checked as its schema documents it. */
final class SocketRecords {
    /** The longest name the core stores, in UTF-16 units; a kernel's is 15 octets. */
    private static final int LONGEST_PROCESS = 255;

    private SocketRecords() {}

    static io.loopscope.processor.sockets.SocketReport report(SocketReport report) {
        return new io.loopscope.processor.sockets.SocketReport(
                notNegative("poll_id", report.getPollId()),
                report.getFull(),
                report.getLastOfPoll(),
                time("time_ns", report.getTimeNs()),
                report.getSockets().stream().map(SocketRecords::socket).toList(),
                report.getGone().stream().map(SocketRecords::gone).toList(),
                optional("listen_overflows", report.getListenOverflows()),
                ephemeralPorts(report));
    }

    private static @Nullable Integer ephemeralPorts(SocketReport report) {
        Integer first = report.getEphemeralPortFirst();
        Integer last = report.getEphemeralPortLast();
        if (first == null || last == null) {
            return null;
        }
        within("ephemeral_port_first", first, Ranges.UNSIGNED_16);
        if (within("ephemeral_port_last", last, Ranges.UNSIGNED_16) < first) {
            throw outOfRange("ephemeral_port_last before ephemeral_port_first", last);
        }
        return last - first + 1;
    }

    private static KernelSocket socket(io.loopscope.schemas.v1.KernelSocket socket) {
        boolean listening = socket.getState() == io.loopscope.schemas.v1.TcpState.LISTEN;
        return new KernelSocket(
                address("local", socket.getLocal()),
                CaptureRecords.port(socket.getLocal()),
                address("remote", socket.getRemote()),
                CaptureRecords.port(socket.getRemote()),
                listening,
                facts(socket, listening),
                optional("last_received_ms", socket.getLastReceivedMs()),
                optional("last_sent_ms", socket.getLastSentMs()));
    }

    private static SocketFacts facts(io.loopscope.schemas.v1.KernelSocket socket, boolean listening) {
        return new SocketFacts(
                listening ? TcpState.CLOSED : state(socket.getState()),
                socket.getInode(),
                socket.getCookie(),
                socket.getUid(),
                owner(socket),
                notNegative("receive_queue", socket.getReceiveQueue()),
                notNegative("send_queue", socket.getSendQueue()),
                optional("peer_window", socket.getPeerWindow()));
    }

    private static TcpState state(io.loopscope.schemas.v1.TcpState state) {
        return switch (state) {
            case UNKNOWN, LISTEN -> throw outOfRange("state", state);
            default -> TcpState.valueOf(state.name());
        };
    }

    private static @Nullable Owner owner(io.loopscope.schemas.v1.KernelSocket socket) {
        Integer pid = socket.getPid();
        if (pid == null) {
            return null;
        }
        Integer descriptor = socket.getFileDescriptor();
        return new Owner(
                (int) notNegative("pid", pid),
                name(socket.getProcess()),
                descriptor == null ? null : (Integer) (int) notNegative("file_descriptor", descriptor),
                optional("open_files", socket.getOpenFiles()),
                optional("open_files_limit", socket.getOpenFilesLimit()));
    }

    private static String name(@Nullable String process) {
        if (process == null) {
            return "";
        }
        return process.length() <= LONGEST_PROCESS ? process : process.substring(0, LONGEST_PROCESS);
    }

    private static GoneSocket gone(io.loopscope.schemas.v1.GoneSocket gone) {
        return new GoneSocket(
                address("gone.local", gone.getLocal()),
                CaptureRecords.port(gone.getLocal()),
                address("gone.remote", gone.getRemote()),
                CaptureRecords.port(gone.getRemote()),
                gone.getLastState() == io.loopscope.schemas.v1.TcpState.LISTEN,
                gone.getCookie());
    }

    private static Address address(String field, SocketAddress socket) {
        try {
            return CaptureRecords.address(socket);
        } catch (IllegalArgumentException e) {
            throw new UnusableRecordException(DeadLetterReason.OUT_OF_RANGE, field + ": " + e.getMessage(), e);
        }
    }

    private static @Nullable Long optional(String field, @Nullable Long value) {
        return value == null ? null : (Long) notNegative(field, value);
    }
}
