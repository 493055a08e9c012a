package io.loopscope.agent.track;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The filter expression that leaves to the kernel what fidelity {@code control} leaves out: of those connections only SYN,
 * FIN, RST and segments with a window of 0 pass, of all others everything. What lies behind an IPv6 extension header or an
 * authentication header passes whole, because BPF does not look there; the agent decides about it again.
 */
public final class ControlFilter {
    /** SYN, FIN and RST of the flags octet, RFC 9293 3.1. */
    private static final int STEERING = 0x07;
    /** Octets of an IPv6 header: TCP begins behind them when there is no extension header. */
    private static final int IPV6 = 40;

    private static final int FLAGS_AT = 13;
    private static final int WINDOW_AT = 14;

    private static final String IPV4_CONTROL =
            "(ip and tcp and (tcp[%d] & %d != 0 or tcp[%d:2] = 0))".formatted(FLAGS_AT, STEERING, WINDOW_AT);
    private static final String IPV6_CONTROL = "(ip6 and ip6[6] = 6 and (ip6[%d] & %d != 0 or ip6[%d:2] = 0))"
            .formatted(IPV6 + FLAGS_AT, STEERING, IPV6 + WINDOW_AT);
    /** BPF's {@code tcp} looks behind no header but a fragment's; of a later fragment nothing can be told. */
    private static final String UNDECIDED =
            "(ip6 and ip6[6] != 6) or (ip and not ip proto 6) or (ip[6:2] & 0x1fff != 0)";

    private ControlFilter() {}

    /**
     * Narrows a filter expression.
     *
     * @param expression of pcap-filter(7); empty for every packet
     * @param fidelity of the connections
     * @return an expression that lets through what both let through
     */
    public static String narrow(String expression, FidelityByPort fidelity) {
        if (!fidelity.uses(Fidelity.CONTROL)) {
            return expression;
        }
        String control = IPV4_CONTROL + " or " + IPV6_CONTROL + " or " + UNDECIDED + whole(fidelity);
        return expression.isBlank() ? control : "(" + expression + ") and (" + control + ")";
    }

    /** The connections that are wanted whole. A port that names the richer fidelity wins. */
    private static String whole(FidelityByPort fidelity) {
        Set<Integer> rich = new TreeSet<>(fidelity.portsOf(Fidelity.ALL));
        rich.addAll(fidelity.portsOf(Fidelity.COALESCED));
        String either = rich.isEmpty() ? "" : " or " + ports(rich);
        return fidelity.general() == Fidelity.CONTROL
                ? either
                : either + " or not (" + ports(fidelity.portsOf(Fidelity.CONTROL)) + ")";
    }

    private static String ports(Set<Integer> ports) {
        return ports.stream().map(port -> "tcp port " + port).collect(Collectors.joining(" or "));
    }
}
