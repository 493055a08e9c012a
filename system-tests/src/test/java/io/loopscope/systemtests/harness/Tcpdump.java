package io.loopscope.systemtests.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code tcpdump} beside the agent: a second, independent pair of eyes on {@code lo}. */
public final class Tcpdump {
    private static final Pattern LISTENING = Pattern.compile("listening on lo");
    private static final Pattern DROPPED = Pattern.compile("(\\d+) packets? dropped by kernel");

    private final ChildProcess process;
    private final Path file;

    private Tcpdump(ChildProcess process, Path file) {
        this.process = process;
        this.file = file;
    }

    /** Starts it with a filter expression, and waits until it captures. */
    public static Tcpdump start(Processes processes, String filter) {
        Path file = processes.folder().resolve("tcpdump.pcap");
        // -Z root: else Debian's tcpdump becomes a user that may not write here. -B: 64 MiB, so that it loses nothing.
        ChildProcess process = processes.start(
                "tcpdump",
                Map.of(),
                List.of(
                        "tcpdump",
                        "-i",
                        "lo",
                        "-s",
                        "128",
                        "-B",
                        "65536",
                        "-Z",
                        "root",
                        "-w",
                        file.toString(),
                        filter));
        process.awaitOutput(LISTENING, Waits.PROGRAM);
        return new Tcpdump(process, file);
    }

    /** Stops it, and returns how many packets it has lost itself. */
    public long stop() {
        // tcpdump reads up to one buffer timeout behind the kernel; SIGINT makes it write what it has.
        process.signal("INT");
        process.awaitExit(Waits.PROGRAM);
        return Long.parseLong(process.awaitOutput(DROPPED, Waits.PROGRAM).group(1));
    }

    /** Reads the file back with tcpdump's own decoder, in order. */
    public void read(Consumer<WireSegment> each) {
        // -vv prints SEG.SEQ of a pure ACK too; -K spares it the checksums, which lo does not fill in.
        ProcessBuilder builder = new ProcessBuilder("tcpdump", "-r", file.toString(), "-nn", "-S", "-tt", "-vv", "-K")
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        try {
            Process reader = builder.start();
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(reader.getInputStream(), StandardCharsets.UTF_8))) {
                String first;
                while ((first = lines.readLine()) != null) {
                    each.accept(parse(first, lines.readLine()));
                }
            }
            if (reader.waitFor() != 0) {
                throw new IllegalStateException("tcpdump cannot read " + file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static final Pattern TIME = Pattern.compile("^(\\d+)\\.(\\d{6}) IP ");
    private static final Pattern SEGMENT = Pattern.compile("^\\s+(\\d+\\.\\d+\\.\\d+\\.\\d+)\\.(\\d+) > "
            + "(\\d+\\.\\d+\\.\\d+\\.\\d+)\\.(\\d+): Flags \\[([^\\]]+)\\], (?:cksum [^,]*, )?seq (\\d+)(?::\\d+)?"
            + "(?:, ack (\\d+))?, win (\\d+).*, length (\\d+)");

    /** {@code 1790000000.123456 IP (tos …)} and, on a line of its own, addresses and the TCP header. */
    static WireSegment parse(String first, String second) {
        Matcher time = TIME.matcher(first);
        Matcher segment = SEGMENT.matcher(second == null ? "" : second);
        if (!time.find() || !segment.find()) {
            throw new IllegalStateException("not a TCP segment as tcpdump prints it:\n" + first + "\n" + second);
        }
        String ack = segment.group(7);
        return new WireSegment(
                Long.parseLong(time.group(1)) * 1_000_000 + Long.parseLong(time.group(2)),
                segment.group(1) + ":" + segment.group(2),
                segment.group(3) + ":" + segment.group(4),
                WireSegment.flags(segment.group(5)),
                Long.parseLong(segment.group(6)),
                ack == null ? 0 : Long.parseLong(ack),
                Integer.parseInt(segment.group(8)),
                Long.parseLong(segment.group(9)));
    }
}
