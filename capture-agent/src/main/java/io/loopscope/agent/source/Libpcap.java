package io.loopscope.agent.source;

import com.sun.jna.Native;
import com.sun.jna.Pointer;

/**
 * The functions of libpcap that pcap4j does not offer, or only at three times the cost. Bound directly, so that a call
 * costs little more than the function.
 */
final class Libpcap {
    static {
        Native.register(Libpcap.class, "pcap");
    }

    private Libpcap() {}

    /**
     * The next packet, not copied.
     *
     * @param pcap a pcap_t
     * @param header where the address of the packet's pcap_pkthdr is put
     * @param data where the address of the packet's octets is put
     * @return 1 for a packet, 0 for none in time, less for a failure
     */
    static native int pcap_next_ex(Pointer pcap, Pointer header, Pointer data);

    /**
     * The descriptor to wait on.
     *
     * @return -1 when there is none
     */
    static native int pcap_get_selectable_fd(Pointer pcap);

    /** What went wrong last. */
    static native String pcap_geterr(Pointer pcap);
}
