package io.loopscope.agent.source;

import io.loopscope.agent.source.CaptureException.Reason;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.pcap4j.core.PcapAddress;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.PcapNetworkInterface;
import org.pcap4j.core.Pcaps;

/**
 * Something that can be captured, as libpcap lists it.
 *
 * @param name what to give as interface, for example {@code lo}
 * @param description for people; may be empty
 * @param addresses its IP addresses; may be empty
 * @param loopback whether it is the loopback interface ({@code lo} on Linux, {@code lo0} on macOS)
 * @param up whether it is up
 */
public record CaptureInterface(
        String name, String description, List<InetAddress> addresses, boolean loopback, boolean up) {

    /** What libpcap lists besides and TCP never passes: logs of netfilter, Bluetooth, USB, D-Bus. */
    private static final Pattern WITHOUT_TCP = Pattern.compile("nflog|nfqueue|bluetooth.*|usbmon.*|dbus-.*");

    /**
     * All interfaces that libpcap knows in this network namespace and that may carry TCP.
     *
     * @throws CaptureException if libpcap is missing or cannot list them
     */
    public static List<CaptureInterface> all() throws CaptureException {
        try {
            return Pcaps.findAllDevs().stream()
                    .filter(device -> !WITHOUT_TCP.matcher(device.getName()).matches())
                    .map(CaptureInterface::of)
                    .toList();
        } catch (PcapNativeException e) {
            throw PcapFailures.broken("listing the interfaces", e);
        } catch (LinkageError e) { // What JNA throws when the library is not there.
            throw PcapFailures.noLibpcap(e);
        }
    }

    /**
     * The interface to capture.
     *
     * @param name its name; empty for the loopback interface
     * @throws CaptureException if there is none, or it is down
     */
    public static CaptureInterface choose(String name) throws CaptureException {
        List<CaptureInterface> all = all();
        CaptureInterface chosen = all.stream()
                .filter(candidate ->
                        name.isEmpty() ? candidate.loopback() : candidate.name().equals(name))
                .findFirst()
                .orElseThrow(() -> unknown(name, all));
        if (!chosen.up()) {
            throw new CaptureException(
                    Reason.INTERFACE_DOWN,
                    "interface " + chosen.name() + " is down",
                    "Bring it up: ip link set " + chosen.name() + " up",
                    null);
        }
        return chosen;
    }

    private static CaptureException unknown(String name, List<CaptureInterface> all) {
        String wanted = name.isEmpty() ? "no loopback interface here" : "no interface " + name;
        return new CaptureException(Reason.UNKNOWN_INTERFACE, wanted, "There are: " + list(all), null);
    }

    private static String list(List<CaptureInterface> all) {
        return all.stream()
                .map(one -> one.name() + (one.loopback() ? " (loopback)" : "") + (one.up() ? "" : " (down)"))
                .collect(Collectors.joining(", "));
    }

    private static CaptureInterface of(PcapNetworkInterface device) {
        List<InetAddress> addresses = new ArrayList<>();
        for (PcapAddress address : device.getAddresses()) {
            if (address.getAddress() != null) {
                addresses.add(address.getAddress());
            }
        }
        String description = device.getDescription() == null ? "" : device.getDescription();
        return new CaptureInterface(
                device.getName(), description, List.copyOf(addresses), device.isLoopBack(), device.isUp());
    }
}
