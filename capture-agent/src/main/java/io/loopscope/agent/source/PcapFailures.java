package io.loopscope.agent.source;

import io.loopscope.agent.source.CaptureException.Reason;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pcap4j.core.PcapNativeException;

/** What libpcap's failures mean and what to do about them. */
final class PcapFailures {
    private static final int NO_SUCH_DEVICE = -5;
    private static final int PERMISSION_DENIED = -8;
    private static final int INTERFACE_NOT_UP = -9;
    private static final int PROMISCUOUS_DENIED = -11;

    private PcapFailures() {}

    static CaptureException noLibpcap(LinkageError cause) {
        return new CaptureException(
                Reason.NO_LIBPCAP,
                "libpcap cannot be loaded: " + firstLines(cause),
                "Install it. Debian, Ubuntu: apt install libpcap0.8; Fedora, RHEL: dnf install libpcap; macOS has it.",
                cause);
    }

    static CaptureException noNativeCalls(LinkageError cause) {
        return new CaptureException(
                Reason.NO_NATIVE_CALLS,
                "JNA, through which libpcap is called, cannot be loaded: " + firstLine(cause),
                "It unpacks a library into the temporary folder, which must allow that it is executed. Name another"
                        + " one: LOOPSCOPE_JAVA_OPTS=-Djna.tmpdir=FOLDER ./loopscope ...",
                cause);
    }

    static CaptureException opening(String interfaceName, PcapNativeException cause) {
        return switch (cause.getReturnCode() == null ? 0 : cause.getReturnCode()) {
            case PERMISSION_DENIED, PROMISCUOUS_DENIED -> noPermission(interfaceName, cause);
            case NO_SUCH_DEVICE ->
                new CaptureException(
                        Reason.UNKNOWN_INTERFACE,
                        "no interface " + interfaceName + ": " + firstLine(cause),
                        "It has just gone. List the interfaces again.",
                        cause);
            case INTERFACE_NOT_UP ->
                new CaptureException(
                        Reason.INTERFACE_DOWN,
                        "interface " + interfaceName + " is down",
                        "Bring it up: ip link set " + interfaceName + " up",
                        cause);
            default -> broken("opening " + interfaceName, cause);
        };
    }

    private static CaptureException noPermission(String interfaceName, PcapNativeException cause) {
        return noPermission(interfaceName, firstLine(cause), cause);
    }

    static CaptureException noPermission(String interfaceName, String why, @Nullable Throwable cause) {
        String remedy = """
                Capturing needs the capability CAP_NET_RAW. Run as root, or give just that one:
                  by hand:  sudo setpriv --reuid=$(id -u) --regid=$(id -g) --init-groups \
                --inh-caps=+net_raw --ambient-caps=+net_raw --no-new-privs COMMAND
                  systemd:  AmbientCapabilities=CAP_NET_RAW and CapabilityBoundingSet=CAP_NET_RAW in the unit
                  macOS:    make /dev/bpf* readable for your group (Wireshark's ChmodBPF does)
                setcap on the java binary does not work: the dynamic linker then ignores where its libraries are.""";
        return new CaptureException(
                Reason.NO_PERMISSION, "may not capture on " + interfaceName + ": " + why, remedy, cause);
    }

    static CaptureException badFilter(String filter, Exception cause) {
        String words = firstLine(cause);
        String libpcap = words.substring(words.indexOf(": ") + 1).strip();
        return new CaptureException(
                Reason.BAD_FILTER,
                "filter '" + filter + "': " + libpcap,
                "Filters are written as for tcpdump, see pcap-filter(7). Try yours with: tcpdump -d '" + filter + "'",
                cause);
    }

    static CaptureException ringUnavailable(String why) {
        return new CaptureException(
                Reason.RING_UNAVAILABLE,
                "no capture by a ring here: " + why,
                "Set agent.capture.method to auto, which takes libpcap where it must, or to libpcap.",
                null);
    }

    static CaptureException broken(String doing, Throwable cause) {
        return new CaptureException(
                Reason.CAPTURE_BROKEN,
                doing + " failed: " + firstLine(cause),
                "Check that the interface still exists: ip link",
                cause);
    }

    /** JNA's first line says what it wanted, the second what the dynamic linker said. */
    private static String firstLines(LinkageError cause) {
        return String.valueOf(cause.getMessage()).lines().limit(2).collect(Collectors.joining(" "));
    }

    private static String firstLine(Throwable cause) {
        String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return message.lines().findFirst().orElse("no reason given");
    }
}
