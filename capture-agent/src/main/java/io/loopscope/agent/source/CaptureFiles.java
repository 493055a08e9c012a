package io.loopscope.agent.source;

import io.loopscope.agent.source.CaptureException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Opens capture files: finds out compression and format by the first octets, never by the name. */
final class CaptureFiles {
    private static final int GZIP_MAGIC = 0x1f8b;
    private static final int GZIP_BUFFER = 64 * 1024;

    private CaptureFiles() {}

    /**
     * An open file.
     *
     * @param disk the file as it lies on disk
     * @param window its content, uncompressed
     */
    record Opened(FileChannel disk, ByteWindow window) {
        double progress() {
            try {
                long size = disk.size();
                return size == 0 ? 0 : Math.min(1, (double) disk.position() / size);
            } catch (IOException e) { // Closed: whoever asks now has seen the end.
                return 1;
            }
        }
    }

    static Opened open(Path file) throws CaptureException {
        String name = file.toString();
        if (Files.isDirectory(file)) {
            throw unreadable(name, "is a directory", null);
        }
        try {
            FileChannel disk = FileChannel.open(file);
            ByteWindow window = new ByteWindow(disk, name);
            if (!window.has(2) || window.unsignedShort(0, false) != GZIP_MAGIC) {
                return new Opened(disk, window);
            }
            InputStream unzipped = new GZIPInputStream(Channels.newInputStream(disk.position(0)), GZIP_BUFFER);
            return new Opened(disk, new ByteWindow(Channels.newChannel(unzipped), name));
        } catch (NoSuchFileException e) {
            throw unreadable(name, "no such file", e);
        } catch (AccessDeniedException e) {
            throw unreadable(name, "permission denied", e);
        } catch (IOException e) {
            throw unreadable(name, String.valueOf(e.getMessage()), e);
        }
    }

    static CaptureFormat format(ByteWindow window) throws CaptureException {
        if (!window.has(4)) {
            window.checkEnd();
            throw notACapture(window.name(), "it has fewer than 4 octets");
        }
        int bigEndian = window.integer(0, false);
        int littleEndian = window.integer(0, true);
        if (PcapFormat.isMagic(bigEndian)) {
            return PcapFormat.open(window, bigEndian, false);
        }
        if (PcapFormat.isMagic(littleEndian)) {
            return PcapFormat.open(window, littleEndian, true);
        }
        if (bigEndian == PcapngFormat.SECTION_HEADER) {
            return PcapngFormat.open(window);
        }
        throw notACapture(window.name(), "it begins with 0x%08x".formatted(bigEndian));
    }

    static CaptureException notACapture(String name, String why) {
        return new CaptureException(
                Reason.NOT_A_CAPTURE_FILE,
                "%s: not a pcap or pcapng file: %s".formatted(name, why),
                "Give a file written by tcpdump, dumpcap or Wireshark; it may be compressed with gzip.",
                null);
    }

    static CaptureException corrupt(String name, long offset, String why, @Nullable Throwable cause) {
        return new CaptureException(
                Reason.CORRUPT_FILE,
                "%s: corrupt at byte %d: %s".formatted(name, offset, why),
                "All packets before that place were read; what follows cannot be told apart.",
                cause);
    }

    private static CaptureException unreadable(String name, String why, @Nullable Throwable cause) {
        return new CaptureException(
                Reason.UNREADABLE_FILE, name + ": " + why, "Check the name and that you may read the file.", cause);
    }
}
