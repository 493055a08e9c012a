package io.loopscope.systemtests.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** {@code tcpdump} beside the agent: a second, independent pair of eyes on {@code lo}. */
public final class Tcpdump {
    private static final Pattern LISTENING = Pattern.compile("listening on lo");
    private static final Pattern DROPPED = Pattern.compile("(\\d+) packets? dropped by kernel");

    private static final Pattern TIME = Pattern.compile("^(\\d+)\\.(\\d{6}) IP(6?) ");
    private static final Pattern SEGMENT = Pattern.compile("\\s([0-9a-f:.]+)\\.(\\d+) > "
            + "([0-9a-f:.]+)\\.(\\d+): Flags \\[([^\\]]+)\\], (?:cksum [^,]*, )?seq (\\d+)(?::\\d+)?"
            + "(?:, ack (\\d+))?, win (\\d+).*, length (\\d+)");

    private final ChildProcess process;
    private final Path file;
    private final int port;

    private Tcpdump(ChildProcess process, Path file, int port) {
        this.process = process;
        this.file = file;
        this.port = port;
    }

    /** Starts it for a TCP port, and waits until it captures. */
    public static Tcpdump start(Processes processes, int port) {
        Path file = processes.folder().resolve("tcpdump.pcap");
        // -Z root: else Debian's tcpdump becomes a user that may not write here. -B: 64 MiB, so that it loses nothing.
        List<String> command = List.of(
                "tcpdump",
                "-i",
                "lo",
                "-s",
                "128",
                "-B",
                "65536",
                "-U",
                "-Z",
                "root",
                "-w",
                file.toString(),
                "port " + port + " and (tcp or udp)");
        ChildProcess process = processes.start("tcpdump", Map.of(), command);
        process.awaitOutput(LISTENING, Waits.PROGRAM);
        return new Tcpdump(process, file, port);
    }

    /**
     * Stops it when all packets up to now are in the file. It reads up to a second behind the kernel and forgets the
     * rest when it is stopped, so a datagram of UDP goes last, and has to arrive.
     *
     * @throws IllegalStateException when tcpdump itself has lost packets: then it is no judge
     */
    public void stop() {
        try (DatagramSocket sentinel = new DatagramSocket(FourTuple.loopback(0))) {
            sentinel.send(new DatagramPacket(new byte[1], 1, FourTuple.loopback(port)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Awaitility.await("tcpdump has written the last packet")
                .atMost(Waits.PROGRAM)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> lines("-c", "1", "udp").count() == 1);
        process.signal("INT");
        process.awaitExit(Waits.PROGRAM);
        String dropped = process.awaitOutput(DROPPED, Waits.PROGRAM).group(1);
        if (!dropped.equals("0")) {
            throw new IllegalStateException("tcpdump has lost " + dropped + " packets itself: no judge");
        }
    }

    /** Reads the file back with tcpdump's own decoder, in order. */
    public void read(Consumer<WireSegment> each) {
        // -vv prints SEG.SEQ of a pure ACK too; -K spares it the checksums, which lo does not fill in.
        Iterator<String> lines = lines("-S", "-tt", "-vv", "-K", "tcp").iterator();
        while (lines.hasNext()) {
            String first = lines.next();
            each.accept(parse(first, isWhole(first) || !lines.hasNext() ? "" : lines.next()));
        }
    }

    private Stream<String> lines(String... arguments) {
        List<String> command = new ArrayList<>(List.of("tcpdump", "-r", file.toString(), "-nn"));
        command.addAll(List.of(arguments));
        try {
            Process reader = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return reader.inputReader(StandardCharsets.UTF_8).lines();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A packet of IPv6 is on one line. */
    private static boolean isWhole(String first) {
        Matcher time = TIME.matcher(first);
        return time.find() && !time.group(3).isEmpty();
    }

    /**
     * {@code 1790000000.123456 IP (tos …)} and, on a line of its own, addresses and the TCP header; all on the first line
     * for IPv6.
     */
    static WireSegment parse(String first, String second) {
        Matcher time = TIME.matcher(first);
        Matcher segment = SEGMENT.matcher(second.isEmpty() ? first : second);
        if (!time.find() || !segment.find()) {
            throw new IllegalStateException("not a TCP segment as tcpdump prints it:\n" + first + "\n" + second);
        }
        String ack = segment.group(7);
        return new WireSegment(
                Long.parseLong(time.group(1)) * 1_000_000 + Long.parseLong(time.group(2)),
                socket(segment.group(1), segment.group(2)),
                socket(segment.group(3), segment.group(4)),
                WireSegment.flags(segment.group(5)),
                Long.parseLong(segment.group(6)),
                ack == null ? 0 : Long.parseLong(ack),
                Integer.parseInt(segment.group(8)),
                Long.parseLong(segment.group(9)));
    }

    private static String socket(String address, String port) {
        return (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + port;
    }
}
