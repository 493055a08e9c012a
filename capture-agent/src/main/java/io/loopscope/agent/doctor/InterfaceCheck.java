package io.loopscope.agent.doctor;

import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.CaptureInterface;
import io.loopscope.schemas.AddressText;
import java.net.InetAddress;
import java.util.stream.Collectors;

/** Whether the interface that the agent would capture is there, is up, and is the loopback. */
final class InterfaceCheck implements Check {
    private final String wanted;

    /** Empty for the loopback interface, as in the agent's settings. */
    InterfaceCheck(String wanted) {
        this.wanted = wanted;
    }

    @Override
    public Finding look() {
        try {
            return judge(CaptureInterface.choose(wanted));
        } catch (CaptureException e) {
            return Finding.failed(Subject.INTERFACE, e);
        }
    }

    static Finding judge(CaptureInterface chosen) {
        String addresses = chosen.addresses().stream().map(AddressText::of).collect(Collectors.joining(", "));
        String has = addresses.isEmpty() ? "has no address" : addresses;
        if (!chosen.loopback()) {
            String misses = chosen.name().equals("any")
                    ? "it captures every interface, which costs every packet of the host"
                    : "connections of this host with itself do not pass it";
            return Finding.warning(
                    Subject.INTERFACE,
                    "%s is up and is not the loopback interface; %s\n%s".formatted(chosen.name(), has, misses),
                    "Leave agent.interface (--interface) empty for the loopback. What there is: ./loopscope interfaces");
        }
        if (chosen.addresses().stream().noneMatch(InetAddress::isLoopbackAddress)) {
            return Finding.warning(
                    Subject.INTERFACE,
                    chosen.name() + " is up and has no loopback address: nothing can connect over it",
                    "Give it one: ip address add 127.0.0.1/8 dev " + chosen.name());
        }
        return Finding.ok(Subject.INTERFACE, "%s is up and is the loopback; %s".formatted(chosen.name(), has));
    }
}
