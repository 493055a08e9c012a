package io.loopscope.agent.source;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapHandle.TimestampPrecision;

/**
 * Reads packets of an open pcap4j handle into a buffer of its own, without an object per packet. One thread reads; the
 * handle must stay open meanwhile.
 */
final class PcapCapture {
    private static final int TIMEVAL_OCTETS = 2 * Native.LONG_SIZE;
    private static final int HEADER_OCTETS = TIMEVAL_OCTETS + 2 * Integer.BYTES;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long NANOS_PER_MICROSECOND = 1_000;

    private final Pointer pcap;
    private final long nanosPerTick;
    private final Memory addresses = new Memory(2L * Native.POINTER_SIZE);
    private final Pointer headerAddress = addresses.share(0);
    private final Pointer dataAddress = addresses.share(Native.POINTER_SIZE);
    private final byte[] headerOctets = new byte[HEADER_OCTETS];
    private final ByteBuffer header = ByteBuffer.wrap(headerOctets).order(ByteOrder.nativeOrder());
    private final byte[] octets;
    private final ByteBuffer packetBuffer;

    PcapCapture(PcapHandle handle, int snapLength) throws ReflectiveOperationException {
        pcap = pointerOf(handle);
        nanosPerTick = handle.getTimestampPrecision() == TimestampPrecision.NANO ? 1 : NANOS_PER_MICROSECOND;
        octets = new byte[snapLength];
        packetBuffer = ByteBuffer.wrap(octets);
    }

    /** pcap4j keeps the pcap_t to itself. */
    private static Pointer pointerOf(PcapHandle handle) throws ReflectiveOperationException {
        Field field = PcapHandle.class.getDeclaredField("handle");
        field.setAccessible(true);
        return (Pointer) field.get(handle);
    }

    /** The descriptor to wait on; -1 when there is none. */
    int descriptor() {
        return Libpcap.pcap_get_selectable_fd(pcap);
    }

    /** What went wrong last. */
    String error() {
        return Libpcap.pcap_geterr(pcap);
    }

    /**
     * Moves to the next packet.
     *
     * @return 1 for a packet, 0 for none in time, less for a failure
     */
    int next() {
        int answer = Libpcap.pcap_next_ex(pcap, headerAddress, dataAddress);
        if (answer == 1) {
            addresses.getPointer(0).read(0, headerOctets, 0, HEADER_OCTETS);
            addresses.getPointer(Native.POINTER_SIZE).read(0, octets, 0, capturedLength());
        }
        return answer;
    }

    /** Holds the octets of the packet; overwritten by the next. */
    ByteBuffer packet() {
        return packetBuffer;
    }

    int capturedLength() {
        // libpcap never hands out more than the snapshot length; memory is not to depend on it.
        return Math.min(header.getInt(TIMEVAL_OCTETS), octets.length);
    }

    long wireLength() {
        return header.getInt(TIMEVAL_OCTETS + Integer.BYTES) & 0xffff_ffffL;
    }

    long timeNs() {
        return seconds() * NANOS_PER_SECOND + ticks() * nanosPerTick;
    }

    private long seconds() {
        return Native.LONG_SIZE == Long.BYTES ? header.getLong(0) : header.getInt(0);
    }

    private long ticks() {
        // suseconds_t is an int on macOS and a long elsewhere.
        return Native.LONG_SIZE == Long.BYTES && !Platform.isMac()
                ? header.getLong(Native.LONG_SIZE)
                : header.getInt(Native.LONG_SIZE);
    }
}
