package io.loopscope.agent.source;

import io.loopscope.agent.parse.LinkType;
import io.loopscope.agent.testing.Exchange;
import io.loopscope.agent.testing.PcapBytes;
import io.loopscope.agent.testing.PcapngBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The contract, for each form a capture file may have. */
class PcapFileSourceTest {

    abstract static class FileContract extends PacketSourceContract {
        @TempDir
        private Path folder;

        abstract byte[] file() throws IOException;

        @Override
        protected Scene play() throws Exception {
            Path path = Files.write(folder.resolve("exchange.pcap"), file());
            PacketSource source = PcapFileSource.open(path);
            return new Scene(source, Exchange.SERVER_PORT, Exchange.START_NS, Exchange.timeNs(Exchange.size() - 1));
        }
    }

    @Nested
    class PcapMicroseconds extends FileContract {
        @Override
        byte[] file() {
            return pcap(ByteOrder.LITTLE_ENDIAN, PcapFormat.MAGIC_MICROSECONDS);
        }
    }

    @Nested
    class PcapOfABigEndianMachine extends FileContract {
        @Override
        byte[] file() {
            return pcap(ByteOrder.BIG_ENDIAN, PcapFormat.MAGIC_MICROSECONDS);
        }
    }

    @Nested
    class PcapNanoseconds extends FileContract {
        @Override
        byte[] file() {
            return pcap(ByteOrder.LITTLE_ENDIAN, PcapFormat.MAGIC_NANOSECONDS);
        }
    }

    @Nested
    class PcapModified extends FileContract {
        @Override
        byte[] file() {
            return pcap(ByteOrder.BIG_ENDIAN, PcapFormat.MAGIC_MODIFIED);
        }
    }

    @Nested
    class PcapCompressed extends FileContract {
        @Override
        byte[] file() throws IOException {
            return gzip(pcap(ByteOrder.LITTLE_ENDIAN, PcapFormat.MAGIC_NANOSECONDS));
        }
    }

    @Nested
    class PcapngOfALittleEndianMachine extends FileContract {
        @Override
        byte[] file() {
            return pcapng(ByteOrder.LITTLE_ENDIAN);
        }
    }

    @Nested
    class PcapngOfABigEndianMachine extends FileContract {
        @Override
        byte[] file() {
            return pcapng(ByteOrder.BIG_ENDIAN);
        }
    }

    static byte[] pcap(ByteOrder order, int magic) {
        PcapBytes file = new PcapBytes(order, magic, LinkType.ETHERNET);
        List<byte[]> frames = Exchange.frames();
        for (int i = 0; i < frames.size(); i++) {
            file.packet(Exchange.timeNs(i), Exchange.snap(frames.get(i)), frames.get(i).length);
        }
        return file.bytes();
    }

    static byte[] pcapng(ByteOrder order) {
        PcapngBytes file = new PcapngBytes().section(order);
        file.describe(LinkType.ETHERNET, file.name("lo"), file.resolution(9));
        List<byte[]> frames = Exchange.frames();
        for (int i = 0; i < frames.size(); i++) {
            file.enhanced(0, Exchange.timeNs(i), Exchange.snap(frames.get(i)), frames.get(i).length);
        }
        return file.bytes();
    }

    static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(plain);
        }
        return compressed.toByteArray();
    }
}
