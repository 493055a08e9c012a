package io.loopscope.systemtests.harness;

import io.loopscope.schemas.ConnectionKey;
import io.loopscope.schemas.v1.TcpState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** The judge: what the kernel's socket table says, in the network namespace of the thread that asks. */
public final class KernelSockets {
    private static final List<Path> TABLES =
            List.of(Path.of("/proc/thread-self/net/tcp"), Path.of("/proc/thread-self/net/tcp6"));
    private static final Pattern SOCKET = Pattern.compile("socket:\\[(\\d+)]");
    private static final int WORD = 4;

    private KernelSockets() {}

    /** One line of the table. */
    private record Entry(InetSocketAddress local, InetSocketAddress remote, TcpState state, long inode) {}

    /** States of both ends now; CLOSED for an end that has no socket any more. */
    public static EndStates of(FourTuple tuple) {
        List<Entry> table = table();
        return new EndStates(
                state(table, tuple.client(), tuple.server()), state(table, tuple.server(), tuple.client()));
    }

    /** Waits until the kernel has both ends in these states. */
    public static void await(FourTuple tuple, EndStates expected) {
        await(tuple, expected, Waits.KERNEL);
    }

    /** The same, for states that the kernel takes its time for. */
    public static void await(FourTuple tuple, EndStates expected, Duration timeout) {
        Awaitility.await("kernel: " + tuple + " " + expected)
                .atMost(timeout)
                .pollInterval(Waits.POLL)
                .until(() -> of(tuple), expected::equals);
    }

    /** Ports that somebody listens on. */
    public static Set<Integer> listeningPorts() {
        return table().stream()
                .filter(entry -> entry.state == TcpState.LISTEN)
                .map(entry -> entry.local.getPort())
                .collect(Collectors.toSet());
    }

    /** How many established connections a process has to a port. */
    public static long connections(long pid, int remotePort) {
        Set<Long> inodes = socketInodes(pid);
        return table().stream()
                .filter(entry -> entry.state == TcpState.ESTABLISHED && inodes.contains(entry.inode))
                .filter(entry -> entry.remote.getPort() == remotePort)
                .count();
    }

    /** Ports that a process listens on. */
    static Set<Integer> listeningPorts(long pid) {
        Set<Long> inodes = socketInodes(pid);
        return table().stream()
                .filter(entry -> entry.state == TcpState.LISTEN && inodes.contains(entry.inode))
                .map(entry -> entry.local.getPort())
                .collect(Collectors.toSet());
    }

    private static Set<Long> socketInodes(long pid) {
        Set<Long> inodes = new HashSet<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
            for (Path descriptor : descriptors) {
                Matcher socket =
                        SOCKET.matcher(Files.readSymbolicLink(descriptor).toString());
                if (socket.matches()) {
                    inodes.add(Long.parseLong(socket.group(1)));
                }
            }
        } catch (NoSuchFileException e) {
            return inodes; // The process or its descriptor is gone, and so is what it listened on.
        } catch (IOException e) {
            throw new UncheckedIOException("cannot see the sockets of process " + pid, e);
        }
        return inodes;
    }

    private static TcpState state(List<Entry> table, InetSocketAddress local, InetSocketAddress remote) {
        return table.stream()
                .filter(entry -> entry.local.equals(local) && entry.remote.equals(remote))
                .map(Entry::state)
                .findFirst()
                .orElse(TcpState.CLOSED);
    }

    private static List<Entry> table() {
        List<Entry> entries = new ArrayList<>();
        for (Path table : TABLES) {
            try {
                Files.readAllLines(table).stream()
                        .skip(1)
                        .map(KernelSockets::parse)
                        .forEach(entries::add);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + table, e);
            }
        }
        return entries;
    }

    /** {@code 0: 0100007F:1F90 00000000:0000 0A …}: words in host order, the port as a number. */
    private static Entry parse(String line) {
        String[] field = line.trim().split("\\s+");
        return new Entry(
                socket(field[1]), socket(field[2]), state(Integer.parseInt(field[3], 16)), Long.parseLong(field[9]));
    }

    private static InetSocketAddress socket(String hex) {
        int colon = hex.indexOf(':');
        ByteBuffer words = ByteBuffer.wrap(HexFormat.of().parseHex(hex, 0, colon));
        ByteBuffer octets = ByteBuffer.allocate(words.remaining()).order(ByteOrder.nativeOrder());
        for (int i = 0; i < words.capacity(); i += WORD) {
            octets.putInt(words.getInt());
        }
        return ConnectionKey.socket(octets.array(), Integer.parseInt(hex.substring(colon + 1), 16));
    }

    /** Numbers of {@code include/net/tcp_states.h}. */
    private static TcpState state(int number) {
        return switch (number) {
            case 1 -> TcpState.ESTABLISHED;
            case 2 -> TcpState.SYN_SENT;
            case 3, 12 -> TcpState.SYN_RECEIVED; // 12 is a handshake not yet grown to a socket.
            case 4 -> TcpState.FIN_WAIT_1;
            case 5 -> TcpState.FIN_WAIT_2;
            case 6 -> TcpState.TIME_WAIT;
            case 7 -> TcpState.CLOSED;
            case 8 -> TcpState.CLOSE_WAIT;
            case 9 -> TcpState.LAST_ACK;
            case 10 -> TcpState.LISTEN;
            case 11 -> TcpState.CLOSING;
            default -> throw new IllegalStateException("the kernel knows a TCP state that we do not: " + number);
        };
    }
}
