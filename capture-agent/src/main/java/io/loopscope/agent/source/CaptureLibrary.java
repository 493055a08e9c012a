package io.loopscope.agent.source;

import com.sun.jna.Native;
import io.loopscope.agent.source.CaptureException.Reason;
import java.time.Duration;
import java.util.List;
import org.pcap4j.core.Pcaps;

/** Whether live capture is possible here at all, found out by trying. */
public final class CaptureLibrary {
    private static final String ANY = "any";
    private static final int SMALL_BUFFER = 256 * 1024;

    private CaptureLibrary() {}

    /**
     * Loads the library that libpcap is called through.
     *
     * @return its version
     * @throws CaptureException if it cannot be loaded: its native part is unpacked into a temporary folder first
     */
    public static String nativeCalls() throws CaptureException {
        try {
            return "JNA " + Native.VERSION_NATIVE + (Native.POINTER_SIZE == Long.BYTES ? ", 64 bits" : ", 32 bits");
        } catch (LinkageError e) {
            throw PcapFailures.noNativeCalls(e);
        }
    }

    /**
     * Loads libpcap.
     *
     * @return its own words about its version, for example {@code libpcap version 1.10.3 (with TPACKET_V3)}
     * @throws CaptureException if it is missing or cannot be loaded
     */
    public static String version() throws CaptureException {
        try {
            return Pcaps.libVersion();
        } catch (LinkageError e) {
            throw PcapFailures.noLibpcap(e);
        }
    }

    /**
     * Opens a capture, on all interfaces where the system has that, and closes it at once.
     *
     * @return the interface on which that was tried
     * @throws CaptureException if this process may not, or there is nothing to capture
     */
    public static String tryToOpen() throws CaptureException {
        List<CaptureInterface> all = CaptureInterface.all();
        String name = all.stream()
                .filter(one -> one.name().equals(ANY))
                .findFirst()
                .or(() -> all.stream().filter(CaptureInterface::up).findFirst())
                .map(CaptureInterface::name)
                .orElseThrow(() -> new CaptureException(
                        Reason.UNKNOWN_INTERFACE,
                        "libpcap finds nothing to capture",
                        "List what the system has: ip link",
                        null));
        Pcap4jSource.open(new LiveCapture(name, "", 128, SMALL_BUFFER, Duration.ofMillis(10)))
                .close();
        return name;
    }
}
