package io.loopscope.agent.doctor;

import io.loopscope.agent.parse.LinkType;
import java.nio.ByteBuffer;

/**
 * A segment between two ports of the loopback addresses, as octets, for trying a filter on.
 *
 * @param ipv6 over ::1, else over 127.0.0.1
 * @param sourcePort of its sender
 * @param destinationPort of its receiver
 * @param flags as in {@link io.loopscope.agent.parse.TcpFlags}
 */
record SampleSegment(boolean ipv6, int sourcePort, int destinationPort, int flags) {
    private static final int ETHERNET_HEADER = 14;
    private static final int ETHERTYPE_AT = 12;
    private static final int ETHERTYPE_IPV4 = 0x0800;
    private static final int ETHERTYPE_IPV6 = 0x86dd;
    private static final int AF_INET = 2;
    private static final int AF_INET6_MACOS = 30;
    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;
    private static final int TCP_HEADER = 20;
    private static final byte TCP = 6;
    private static final byte TTL = 64;
    private static final int LOOPBACK = 0x7f000001;
    private static final int WINDOW = 65_535;

    /** The packet from its link-layer header on, see {@link LinkType}: Ethernet or NULL. */
    byte[] octets(int linkType) {
        ByteBuffer packet = ByteBuffer.allocate(ETHERNET_HEADER + IPV6_HEADER + TCP_HEADER);
        link(linkType, packet);
        if (ipv6) {
            packet.putInt(0x6000_0000).putShort((short) TCP_HEADER).put(TCP).put(TTL);
            packet.putLong(0).putLong(1).putLong(0).putLong(1);
        } else {
            packet.putShort((short) 0x4500).putShort((short) (IPV4_HEADER + TCP_HEADER));
            packet.putInt(0x0000_4000).put(TTL).put(TCP).putShort((short) 0);
            packet.putInt(LOOPBACK).putInt(LOOPBACK);
        }
        packet.putShort((short) sourcePort)
                .putShort((short) destinationPort)
                .putInt(1)
                .putInt(1);
        packet.put((byte) ((TCP_HEADER / Integer.BYTES) << 4)).put((byte) flags).putShort((short) WINDOW);
        packet.putInt(0);
        byte[] octets = new byte[packet.position()];
        packet.get(0, octets);
        return octets;
    }

    private void link(int linkType, ByteBuffer packet) {
        if (linkType == LinkType.ETHERNET) {
            packet.position(ETHERTYPE_AT).putShort((short) (ipv6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4));
        } else {
            // The address family in the byte order of this machine; all that is left with this header are
            // little-endian.
            packet.putInt(Integer.reverseBytes(ipv6 ? AF_INET6_MACOS : AF_INET));
        }
    }
}
