package io.loopscope.agent.sockets;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The table as Linux prints it in {@code /proc/net/tcp} and {@code /proc/net/tcp6}. */
final class ProcSocketTable implements SocketTable {
    private static final int LOCAL = 1;
    private static final int REMOTE = 2;
    private static final int STATE = 3;
    private static final int QUEUES = 4;
    private static final int TIMER = 5;
    private static final int RETRANSMITS = 6;
    private static final int UID = 7;
    private static final int INODE = 9;
    private static final int HEX = 16;
    private static final int IPV4_DIGITS = 8;
    private static final long IPV4_PREFIX = 0xffffL << 32;

    /** USER_HZ, in which the kernel prints times, whatever its own ticks are. */
    private static final long MS_PER_TICK = 10;

    private final Path folder;
    private final List<String> limitations;

    /**
     * Reads below a folder like {@code /proc/self/net}.
     *
     * @param limitations why this table is read and not a better one
     */
    ProcSocketTable(Path folder, List<String> limitations) {
        this.folder = folder;
        this.limitations = List.copyOf(limitations);
    }

    @Override
    public List<SocketEntry> read(Predicate<? super SocketEntry> wanted) throws IOException {
        List<SocketEntry> sockets = new ArrayList<>();
        readFile(folder.resolve("tcp"), wanted, sockets);
        Path ipv6 = folder.resolve("tcp6");
        if (Files.exists(ipv6)) { // Not there when IPv6 is switched off.
            readFile(ipv6, wanted, sockets);
        }
        return sockets;
    }

    @Override
    public String source() {
        return "proc";
    }

    @Override
    public List<String> limitations() {
        return limitations;
    }

    private static void readFile(Path file, Predicate<? super SocketEntry> wanted, List<SocketEntry> sockets)
            throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.US_ASCII)) {
            lines.readLine(); // The heading.
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                SocketEntry socket = parse(line);
                if (wanted.test(socket)) {
                    sockets.add(socket);
                }
            }
        }
    }

    static SocketEntry parse(String line) throws SocketTableException {
        String[] fields = line.trim().split("\\s+", INODE + 2);
        try {
            SocketState state = SocketState.ofLinux(Integer.parseInt(fields[STATE], HEX));
            SocketTimer timer = SocketTimer.ofLinux((int) part(fields[TIMER], 0));
            return new SocketEntry(
                    endpoint(fields[LOCAL]),
                    endpoint(fields[REMOTE]),
                    state,
                    Long.parseLong(fields[INODE]),
                    0,
                    Integer.parseInt(fields[UID]),
                    part(fields[QUEUES], 1),
                    part(fields[QUEUES], 0),
                    timer,
                    timer == SocketTimer.NONE ? 0 : part(fields[TIMER], 1) * MS_PER_TICK,
                    Integer.parseInt(fields[RETRANSMITS], HEX),
                    SocketEntry.UNKNOWN,
                    SocketEntry.UNKNOWN,
                    SocketEntry.UNKNOWN,
                    SocketEntry.UNKNOWN);
        } catch (ArrayIndexOutOfBoundsException | NumberFormatException | StringIndexOutOfBoundsException e) {
            throw new SocketTableException("not a line of the socket table: " + line, e);
        }
    }

    /** One of the two hexadecimal numbers of {@code tx_queue:rx_queue} or {@code tr:tm->when}. */
    private static long part(String text, int index) {
        int colon = text.indexOf(':');
        return Long.parseLong(index == 0 ? text.substring(0, colon) : text.substring(colon + 1), HEX);
    }

    /** The kernel prints an address as 32-bit words of its own byte order, and the port as a number. */
    private static Endpoint endpoint(String text) {
        int colon = text.indexOf(':');
        int port = Integer.parseInt(text.substring(colon + 1), HEX);
        if (colon == IPV4_DIGITS) {
            return new Endpoint(0, IPV4_PREFIX | word(text, 0), port);
        }
        return new Endpoint(
                word(text, 0) << Integer.SIZE | word(text, 1), word(text, 2) << Integer.SIZE | word(text, 3), port);
    }

    private static long word(String text, int index) {
        int at = index * IPV4_DIGITS;
        int printed = Integer.parseUnsignedInt(text.substring(at, at + IPV4_DIGITS), HEX);
        ByteBuffer memory = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
        return memory.putInt(0, printed).order(ByteOrder.BIG_ENDIAN).getInt(0) & 0xffff_ffffL;
    }
}
