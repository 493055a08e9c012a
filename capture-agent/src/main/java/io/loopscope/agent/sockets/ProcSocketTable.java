package io.loopscope.agent.sockets;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** The table as Linux prints it in {@code /proc/net/tcp} and {@code /proc/net/tcp6}. */
final class ProcSocketTable implements SocketTable {
    private static final int LOCAL = 1;
    private static final int REMOTE = 2;
    private static final int STATE = 3;
    private static final int INODE = 9;
    private static final int HEX = 16;
    private static final int IPV4_DIGITS = 8;
    private static final long IPV4_PREFIX = 0xffffL << 32;

    private final Path folder;

    /** Reads below a folder like {@code /proc/self/net}. */
    ProcSocketTable(Path folder) {
        this.folder = folder;
    }

    @Override
    public void read(Consumer<Entry> reader) throws IOException {
        readFile(folder.resolve("tcp"), reader);
        Path ipv6 = folder.resolve("tcp6");
        if (Files.exists(ipv6)) { // Not there when IPv6 is switched off.
            readFile(ipv6, reader);
        }
    }

    private static void readFile(Path file, Consumer<Entry> reader) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.US_ASCII)) {
            lines.readLine(); // The heading.
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                reader.accept(parse(line));
            }
        }
    }

    static Entry parse(String line) throws IOException {
        String[] fields = line.trim().split("\\s+", INODE + 2);
        try {
            return new Entry(
                    endpoint(fields[LOCAL]),
                    endpoint(fields[REMOTE]),
                    Integer.parseInt(fields[STATE], HEX),
                    Long.parseLong(fields[INODE]));
        } catch (ArrayIndexOutOfBoundsException | NumberFormatException | StringIndexOutOfBoundsException e) {
            throw new IOException("not a line of the socket table: " + line, e);
        }
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
