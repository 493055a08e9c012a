package io.loopscope.systemtests.kernel;

import java.nio.ByteBuffer;

/**
 * {@code struct tcp_info} of {@code linux/tcp.h}, as far as the core claims to know the same.
 *
 * @param sendWindowScale shift count of the peer's window
 * @param receiveWindowScale shift count of its own window
 * @param retransmissions segments that were sent again
 * @param octetsSent all octets, repetitions included
 * @param octetsRetransmitted of these, the repeated ones
 * @param octetsAcknowledged SYN and FIN included
 * @param octetsReceived distinct ones
 * @param sendWindow octets that the peer has advertised
 */
record TcpInfo(
        int sendWindowScale,
        int receiveWindowScale,
        int retransmissions,
        long octetsSent,
        long octetsRetransmitted,
        long octetsAcknowledged,
        long octetsReceived,
        long sendWindow) {

    static final int OCTETS = 232;

    static TcpInfo of(byte[] octets) {
        if (octets.length < OCTETS) {
            throw new IllegalStateException("TCP_INFO has " + octets.length + " octets: it needs Linux 5.4");
        }
        ByteBuffer info = SocketAddresses.nativeOrder(octets);
        return new TcpInfo(
                info.get(6) & 0x0F,
                info.get(6) >>> 4 & 0x0F,
                info.getInt(100),
                info.getLong(200),
                info.getLong(208),
                info.getLong(120),
                info.getLong(128),
                Integer.toUnsignedLong(info.getInt(228)));
    }
}
