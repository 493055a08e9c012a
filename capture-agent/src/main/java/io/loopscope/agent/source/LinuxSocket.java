package io.loopscope.agent.source;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The packet socket beneath a capture on Linux. Two things need it: waiting with a timeout, because libpcap on TPACKET_V3
 * waits for packets for ever, and telling the kernel to leave out the outgoing copy of each packet.
 */
final class LinuxSocket {
    private static final Logger LOG = LoggerFactory.getLogger(LinuxSocket.class);

    private static final int SOL_PACKET = 263;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final short POLLIN = 1;
    private static final int POLLFD_OCTETS = 8;
    private static final int POLLFD_EVENTS = 4;

    private final int descriptor;
    private final Memory pollfd = new Memory(POLLFD_OCTETS);

    LinuxSocket(int descriptor) {
        this.descriptor = descriptor;
        pollfd.setInt(0, descriptor);
        pollfd.setShort(POLLFD_EVENTS, POLLIN);
    }

    /**
     * Has the kernel hand over each loopback packet once. Without it a packet socket sees every packet going out and
     * coming in; libpcap drops the one, but the sender has paid for both. On any other interface it would lose half of
     * the packets.
     */
    void ignoreOutgoing() {
        Memory on = new Memory(Integer.BYTES);
        on.setInt(0, 1);
        if (LibC.setsockopt(descriptor, SOL_PACKET, PACKET_IGNORE_OUTGOING, on, Integer.BYTES) != 0) {
            LOG.info(
                    "PACKET_IGNORE_OUTGOING was refused (errno {}): it needs Linux 4.20. Packets are still seen once, at"
                            + " a higher cost for their senders",
                    Native.getLastError());
        }
    }

    /** Waits until packets can be read, an error is there to be told, or the time is over. */
    void await(int timeoutMs) {
        // An interrupted or failing wait is like one that is over: the read that follows tells what is wrong.
        LibC.poll(pollfd, new NativeLong(1), timeoutMs);
    }
}
