package io.loopscope.agent.source;

import static io.loopscope.agent.testing.PacketBytes.TCP;
import static io.loopscope.agent.testing.PacketBytes.ethernet;
import static io.loopscope.agent.testing.PacketBytes.ipv4;
import static io.loopscope.agent.testing.PacketBytes.tcp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.loopscope.agent.parse.LinkType;
import io.loopscope.agent.parse.ParseResult;
import io.loopscope.agent.source.CaptureException.Reason;
import io.loopscope.agent.testing.PacketBytes;
import io.loopscope.agent.testing.PcapBytes;
import io.loopscope.agent.testing.PcapngBytes;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaptureFileTest {
    private static final byte[] RAW_PACKET = ipv4(TCP, tcp().payload(5).bytes());
    private static final byte[] FRAME = ethernet(PacketBytes.ETHERTYPE_IPV4, RAW_PACKET);

    @TempDir
    private Path folder;

    @Nested
    class Pcap {
        @Test
        void theTwoLengthsOfOldVersionsMayBeSwapped() throws Exception {
            byte[] bytes = new PcapBytes(ByteOrder.LITTLE_ENDIAN, PcapFormat.MAGIC_MICROSECONDS, LinkType.RAW, 2)
                    .record(1, 2, RAW_PACKET, 1000)
                    .bytes();
            int lengths = 24 + 8;
            byte[] captured = Arrays.copyOfRange(bytes, lengths, lengths + 4);
            System.arraycopy(bytes, lengths + 4, bytes, lengths, 4);
            System.arraycopy(captured, 0, bytes, lengths + 4, 4);
            try (PcapFileSource source = open(bytes)) {
                Packet packet = new Packet();
                assertThat(source.next(packet)).isEqualTo(PacketSource.Next.PACKET);
                assertThat(packet.capturedLength()).isEqualTo(RAW_PACKET.length);
                assertThat(packet.wireLength()).isEqualTo(1000);
                assertThat(packet.timestampNs()).isEqualTo(1_000_002_000L);
            }
        }

        @Test
        void anEmptyCaptureIsNoError() throws Exception {
            assertThat(times(new PcapBytes(ByteOrder.BIG_ENDIAN, PcapFormat.MAGIC_NANOSECONDS, 1).bytes()))
                    .isEmpty();
        }

        @Test
        void aPacketLongerThanAnyIsDamage() throws Exception {
            byte[] bytes = new PcapBytes(ByteOrder.BIG_ENDIAN, PcapFormat.MAGIC_MICROSECONDS, LinkType.RAW)
                    .record(1, 0, RAW_PACKET, RAW_PACKET.length)
                    .record(2, 0, RAW_PACKET, RAW_PACKET.length)
                    .bytes();
            int second = 24 + 16 + RAW_PACKET.length;
            bytes[second + 8] = 0x7f;
            try (HeaderReader reader = reader(bytes)) {
                assertThat(reader.next()).isTrue();
                CaptureException e = catchThrowableOfType(CaptureException.class, reader::next);
                assertThat(e.reason()).isEqualTo(Reason.CORRUPT_FILE);
                assertThat(e).hasMessageContaining("corrupt at byte " + second);
                assertThat(e.remedy()).isNotEmpty();
            }
        }
    }

    @Nested
    class Pcapng {
        @Test
        void eachSectionHasItsOwnByteOrderAndInterfaces() throws Exception {
            PcapngBytes file = new PcapngBytes().section(ByteOrder.LITTLE_ENDIAN);
            file.describe(LinkType.ETHERNET, file.name("eth0"))
                    .describe(LinkType.RAW, file.name("tun0"), file.resolution(9))
                    .enhanced(1, 5_000, RAW_PACKET, RAW_PACKET.length)
                    .enhanced(0, 7, FRAME, FRAME.length)
                    .section(ByteOrder.BIG_ENDIAN);
            file.describe(LinkType.RAW, file.name("tun0"), file.resolution(3))
                    .obsolete(0, 9, RAW_PACKET, RAW_PACKET.length);
            try (HeaderReader reader = reader(file.bytes())) {
                assertNext(reader, 5_000, 1);
                assertNext(reader, 7_000, 0);
                assertNext(reader, 9_000_000, 1);
                assertThat(reader.next()).isFalse();
                assertThat(reader.source().interfaces()).containsExactly("eth0", "tun0");
            }
        }

        private void assertNext(HeaderReader reader, long timeNs, int interfaceIndex) throws CaptureException {
            assertThat(reader.next()).isTrue();
            assertThat(reader.result()).isEqualTo(ParseResult.OK);
            assertThat(reader.timestampNs()).isEqualTo(timeNs);
            assertThat(reader.packet().interfaceIndex()).isEqualTo(interfaceIndex);
        }

        @Test
        void blocksThatAreNotKnownArePassedOver() throws Exception {
            PcapngBytes file = new PcapngBytes().section(ByteOrder.LITTLE_ENDIAN);
            file.block(0x0bad, new byte[600_000])
                    .describe(LinkType.RAW)
                    .block(4, new byte[33])
                    .enhanced(0, 1, RAW_PACKET, RAW_PACKET.length)
                    .block(10, new byte[0]);
            assertThat(times(file.bytes())).containsExactly(1_000L);
        }

        @Test
        void aSimplePacketHasTheTimeOfTheOneBefore() throws Exception {
            PcapngBytes file = new PcapngBytes().section(ByteOrder.LITTLE_ENDIAN);
            file.describe(LinkType.RAW, 40)
                    .enhanced(0, 3, RAW_PACKET, RAW_PACKET.length)
                    .simple(Arrays.copyOf(RAW_PACKET, 40), RAW_PACKET.length);
            assertThat(times(file.bytes())).containsExactly(3_000L, 3_000L);
        }

        @Test
        void droppedPacketsAreWhatTheWriterNoted() throws Exception {
            PcapngBytes file = new PcapngBytes().section(ByteOrder.LITTLE_ENDIAN);
            file.describe(LinkType.RAW)
                    .describe(LinkType.RAW, file.name("b"))
                    .statistics(0, 1, 2)
                    .statistics(0, 3, 5)
                    .statistics(1, 10, 20)
                    .section(ByteOrder.BIG_ENDIAN)
                    .describe(LinkType.RAW)
                    .statistics(0, 100, 200);
            try (PcapFileSource source = open(file.bytes())) {
                assertThat(source.next(new Packet())).isEqualTo(PacketSource.Next.END);
                assertThat(source.statistics()).isEqualTo(new SourceStatistics(0, 225, 113));
            }
        }

        @ParameterizedTest
        @CsvSource({
            "1,    12500000,               1250000000000000",
            "6,    1790000000000001,       1790000000000001000",
            "9,    1790000000000000001,    1790000000000000001",
            "12,   1790000000000999,       1790000000000",
            "0,    1790000000,             1790000000000000000",
            "27,   -1,                     18",
            "28,   -1,                     1",
            "99,   -1,                     0",
            "128,  3,                      3000000000",
            "138,  1025,                   1000976562",
            "160,  6442450944,             1500000000",
            "191,  -9223372036854775808,   1000000000",
            "192,  -9223372036854775808,   500000000",
            "255,  -1,                     0",
            "6,    -1,                     9223372036854775807",
            "0,    9223372036854775807,    9223372036854775807",
            "128,  9223372036854775807,    9223372036854775807"
        })
        void ticksOfAnyResolutionBecomeNanoseconds(int resolution, long ticks, long nanos) throws Exception {
            PcapngBytes file = new PcapngBytes().section(ByteOrder.LITTLE_ENDIAN);
            file.describe(LinkType.RAW, file.resolution(resolution)).enhanced(0, ticks, RAW_PACKET, RAW_PACKET.length);
            assertThat(times(file.bytes())).containsExactly(nanos);
        }

        @Test
        void anOffsetMovesTheZero() throws Exception {
            PcapngBytes file = new PcapngBytes().section(ByteOrder.BIG_ENDIAN);
            file.describe(LinkType.RAW, file.offset(1_000), file.resolution(6))
                    .enhanced(0, 1, RAW_PACKET, RAW_PACKET.length)
                    .describe(LinkType.RAW, file.offset(Long.MAX_VALUE))
                    .enhanced(1, 1, RAW_PACKET, RAW_PACKET.length);
            assertThat(times(file.bytes())).containsExactly(1_000_000_001_000L, Long.MAX_VALUE);
        }

        @Test
        void damageIsToldWithItsPlace() {
            PcapngBytes wrongInterface = new PcapngBytes().section(ByteOrder.LITTLE_ENDIAN);
            assertDamage(
                    wrongInterface.enhanced(3, 0, RAW_PACKET, 45), "corrupt at byte 28: a block refers to interface 3");
            PcapngBytes noLength = new PcapngBytes().section(ByteOrder.LITTLE_ENDIAN);
            assertDamage(noLength.raw(new byte[32]), "corrupt at byte 28: a block length of 0");
            PcapngBytes wrongEnd = new PcapngBytes().section(ByteOrder.LITTLE_ENDIAN);
            byte[] block = wrongEnd.buffer(16).putInt(1).putInt(20).array();
            assertDamage(wrongEnd.raw(block).raw(new byte[] {99, 0, 0, 0}), "begins with length 20 and ends with 100");
            PcapngBytes endless = new PcapngBytes().section(ByteOrder.LITTLE_ENDIAN);
            byte[] huge = endless.buffer(8).putInt(6).putInt(-4).array();
            assertDamage(endless.raw(huge), "corrupt at byte 28: a block length of 4294967292");
            PcapngBytes tooLong =
                    new PcapngBytes().section(ByteOrder.LITTLE_ENDIAN).describe(LinkType.RAW);
            byte[] lie = tooLong.buffer(20).putInt(12, 1_000).array();
            assertDamage(tooLong.block(6, lie), "a packet of 1000 octets in a block of 20");
        }

        private void assertDamage(PcapngBytes file, String message) {
            assertThatThrownBy(() -> times(file.bytes()))
                    .isInstanceOfSatisfying(
                            CaptureException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CORRUPT_FILE))
                    .hasMessageContaining(message);
        }
    }

    @Nested
    class EndsTooEarly {
        @Test
        void allThatIsWholeIsDeliveredWhereverTheCutIs() throws Exception {
            byte[] pcap = PcapFileSourceTest.pcap(ByteOrder.LITTLE_ENDIAN, PcapFormat.MAGIC_MICROSECONDS);
            byte[] pcapng = PcapFileSourceTest.pcapng(ByteOrder.BIG_ENDIAN);
            for (byte[] whole : List.of(pcap, pcapng)) {
                int before = 0;
                for (int length = 30; length < whole.length; length += 3) {
                    int delivered = deliveredBeforeCut(Arrays.copyOf(whole, length), length);
                    assertThat(delivered).isBetween(before, before + 1);
                    before = delivered;
                }
                assertThat(before).isGreaterThan(5);
            }
        }

        private int deliveredBeforeCut(byte[] bytes, int length) throws Exception {
            int delivered = 0;
            try (HeaderReader reader = reader(bytes)) {
                while (reader.next()) {
                    delivered++;
                }
            } catch (CaptureException e) {
                assertThat(e.reason()).isEqualTo(Reason.TRUNCATED_FILE);
                assertThat(e).hasMessageContaining("truncated at byte " + length);
            }
            return delivered;
        }

        @Test
        void alsoWhenItIsCompressed() throws Exception {
            PcapBytes many = new PcapBytes(ByteOrder.LITTLE_ENDIAN, PcapFormat.MAGIC_NANOSECONDS, LinkType.RAW);
            Random random = new Random(1);
            for (int i = 0; i < 10_000; i++) {
                byte[] noise = new byte[100];
                random.nextBytes(noise);
                many.packet(i, noise, 100);
            }
            byte[] compressed = PcapFileSourceTest.gzip(many.bytes());
            byte[] half = Arrays.copyOf(compressed, compressed.length / 2);
            try (HeaderReader reader = reader(half)) {
                CaptureException e = catchThrowableOfType(CaptureException.class, () -> {
                    while (reader.next()) {
                        assertThat(reader.packet().capturedLength()).isEqualTo(100);
                    }
                });
                assertThat(e.reason()).isEqualTo(Reason.TRUNCATED_FILE);
                assertThat(reader.counters().total()).isBetween(4_000L, 5_100L);
            }
            compressed[compressed.length / 2] ^= 0x55;
            compressed[compressed.length / 2 + 1] ^= 0x55;
            assertThatThrownBy(() -> times(compressed)).isInstanceOf(CaptureException.class);
        }
    }

    @Nested
    class NoCapture {
        @Test
        void isToldFromADamagedOne() {
            for (byte[] bytes : List.of(
                    new byte[0], new byte[3], "GET / HTTP/1.1".getBytes(java.nio.charset.StandardCharsets.US_ASCII))) {
                assertThatThrownBy(() -> times(bytes))
                        .isInstanceOfSatisfying(
                                CaptureException.class,
                                e -> assertThat(e.reason()).isEqualTo(Reason.NOT_A_CAPTURE_FILE));
            }
        }

        @Test
        void missingFilesAndFoldersAreTold() {
            assertThatThrownBy(() -> PcapFileSource.open(folder.resolve("none.pcap")))
                    .isInstanceOfSatisfying(
                            CaptureException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNREADABLE_FILE))
                    .hasMessageContaining("no such file");
            assertThatThrownBy(() -> PcapFileSource.open(folder)).hasMessageContaining("is a directory");
        }
    }

    @Test
    void noDamageMakesItThrowAnythingElse() throws Exception {
        Random random = new Random(9293);
        List<byte[]> files = List.of(
                PcapFileSourceTest.pcap(ByteOrder.BIG_ENDIAN, PcapFormat.MAGIC_MICROSECONDS),
                PcapFileSourceTest.pcapng(ByteOrder.LITTLE_ENDIAN));
        for (int i = 0; i < 600; i++) {
            byte[] mutant = files.get(i % 2).clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(times(mutant)).hasSizeLessThan(100);
            } catch (CaptureException e) {
                assertThat(e.reason()).isIn(Reason.CORRUPT_FILE, Reason.TRUNCATED_FILE, Reason.NOT_A_CAPTURE_FILE);
            }
        }
    }

    @Test
    void aFileLargerThanTheWindowIsReadInOneGo() throws Exception {
        PcapBytes file = new PcapBytes(ByteOrder.LITTLE_ENDIAN, PcapFormat.MAGIC_NANOSECONDS, LinkType.RAW);
        byte[] big = new byte[300_000];
        for (int i = 0; i < 40; i++) {
            file.packet(i, i % 10 == 9 ? big : Arrays.copyOf(RAW_PACKET, 40 + i), 300_000);
        }
        Path path = Files.write(folder.resolve("large.pcap"), file.bytes());
        try (PcapFileSource source = PcapFileSource.open(path)) {
            Packet packet = new Packet();
            double before = 0;
            for (int i = 0; i < 40; i++) {
                assertThat(source.next(packet)).isEqualTo(PacketSource.Next.PACKET);
                assertThat(packet.timestampNs()).isEqualTo(i);
                assertThat(packet.data().get(packet.offset())).isEqualTo(i % 10 == 9 ? 0 : (byte) 0x45);
                assertThat(source.progress()).isBetween(before, 1.0);
                before = source.progress();
            }
            assertThat(source.next(packet)).isEqualTo(PacketSource.Next.END);
            assertThat(source.progress()).isEqualTo(1);
        }
    }

    private List<Long> times(byte[] file) throws IOException, CaptureException {
        List<Long> times = new ArrayList<>();
        try (HeaderReader reader = reader(file)) {
            while (reader.next()) {
                times.add(reader.timestampNs());
            }
        }
        return times;
    }

    private HeaderReader reader(byte[] file) throws IOException, CaptureException {
        return new HeaderReader(open(file));
    }

    private PcapFileSource open(byte[] file) throws IOException, CaptureException {
        return PcapFileSource.open(Files.write(folder.resolve("file"), file));
    }
}
