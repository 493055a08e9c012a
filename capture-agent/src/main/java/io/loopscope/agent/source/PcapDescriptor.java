package io.loopscope.agent.source;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import java.lang.reflect.Field;
import java.util.Optional;
import org.pcap4j.core.PcapHandle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The packet socket beneath a libpcap handle on Linux. Two things need it: waiting with a timeout, because libpcap on
 * TPACKET_V3 waits for packets for ever, and telling the kernel to leave out the outgoing copy of each packet.
 */
final class PcapDescriptor {
    private static final Logger LOG = LoggerFactory.getLogger(PcapDescriptor.class);

    private static final int SOL_PACKET = 263;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final short POLLIN = 1;
    private static final int POLLFD_OCTETS = 8;
    private static final int POLLFD_EVENTS = 4;

    private final int descriptor;
    private final Function poll;
    private final Function setsockopt;
    private final Memory pollfd = new Memory(POLLFD_OCTETS);

    private PcapDescriptor(int descriptor, NativeLibrary libc) {
        this.descriptor = descriptor;
        poll = libc.getFunction("poll");
        setsockopt = libc.getFunction("setsockopt");
        pollfd.setInt(0, descriptor);
    }

    /** The descriptor of a handle, or nothing where it cannot be had; the log says why. */
    static Optional<PcapDescriptor> of(PcapHandle handle) {
        try {
            // pcap4j keeps the pcap_t to itself and does not map pcap_get_selectable_fd.
            Field field = PcapHandle.class.getDeclaredField("handle");
            field.setAccessible(true);
            Pointer pcap = (Pointer) field.get(handle);
            int descriptor = NativeLibrary.getInstance("pcap")
                    .getFunction("pcap_get_selectable_fd")
                    .invokeInt(new Object[] {pcap});
            return descriptor < 0
                    ? Optional.empty()
                    : Optional.of(new PcapDescriptor(descriptor, NativeLibrary.getInstance("c")));
        } catch (ReflectiveOperationException | LinkageError e) {
            LOG.info("The capture's descriptor is out of reach; waiting is left to libpcap: {}", e.toString());
            return Optional.empty();
        }
    }

    /**
     * Has the kernel hand over each loopback packet once. Without it a packet socket sees every packet going out and
     * coming in; libpcap drops the one, but the sender has paid for both.
     */
    boolean ignoreOutgoing() {
        IntByReference on = new IntByReference(1);
        int answer = setsockopt.invokeInt(
                new Object[] {descriptor, SOL_PACKET, PACKET_IGNORE_OUTGOING, on.getPointer(), Integer.BYTES});
        if (answer != 0) {
            LOG.info(
                    "PACKET_IGNORE_OUTGOING was refused (errno {}): it needs Linux 4.20. Packets are still seen once, at"
                            + " a higher cost",
                    Native.getLastError());
        }
        return answer == 0;
    }

    /** Waits until packets can be read, an error is there to be told, or the time is over. */
    void await(int timeoutMs) {
        pollfd.setShort(POLLFD_EVENTS, POLLIN);
        // An interrupted or failing wait is like one that is over: the read that follows tells what is wrong.
        poll.invokeInt(new Object[] {pollfd, new NativeLong(1), timeoutMs});
    }
}
