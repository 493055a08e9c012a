package io.loopscope.agent.testing;

import static io.loopscope.agent.testing.PacketBytes.TCP;
import static io.loopscope.agent.testing.PacketBytes.concat;
import static io.loopscope.agent.testing.PacketBytes.u16;

import io.loopscope.agent.parse.HeaderParser;
import io.loopscope.agent.parse.LinkType;
import io.loopscope.agent.parse.ParseResult;
import io.loopscope.agent.parse.SegmentHeader;
import io.loopscope.agent.testing.PacketBytes.TcpBytes;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** Parsed headers for tests that begin behind the parser. */
public final class Headers {
    private Headers() {}

    /** A segment from one address to another, both IPv4 or both IPv6. */
    public static SegmentHeader of(String source, String destination, TcpBytes segment) {
        byte[] packet = packet(source, destination, segment);
        SegmentHeader header = new SegmentHeader();
        ParseResult result = new HeaderParser()
                .parse(ByteBuffer.wrap(packet), 0, packet.length, packet.length, LinkType.RAW, header);
        if (result != ParseResult.OK) {
            throw new IllegalStateException("the test's own packet is " + result);
        }
        return header;
    }

    /** The same as octets of raw IP. */
    public static byte[] packet(String source, String destination, TcpBytes segment) {
        byte[] from = octets(source);
        byte[] to = octets(destination);
        byte[] tcp = segment.bytes();
        if (from.length == 4) {
            byte[] packet = PacketBytes.ipv4(TCP, tcp);
            System.arraycopy(concat(from, to), 0, packet, 12, 8);
            return packet;
        }
        return concat(new byte[] {0x60, 0, 0, 0}, u16(tcp.length), new byte[] {TCP, 64}, from, to, tcp);
    }

    private static byte[] octets(String address) {
        try {
            return InetAddress.getByName(address).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(address, e);
        }
    }
}
