package io.loopscope.agent.parse;

/** IP protocol numbers and IPv6 next headers that matter on the way to a TCP header. */
final class IpProtocol {
    static final int HOP_BY_HOP = 0;
    static final int TCP = 6;
    static final int ROUTING = 43;
    static final int FRAGMENT = 44;
    static final int AUTHENTICATION = 51;
    static final int DESTINATION_OPTIONS = 60;
    static final int MOBILITY = 135;
    static final int HOST_IDENTITY = 139;
    static final int SHIM6 = 140;

    private IpProtocol() {}

    /** What a packet is counted as when its protocol is not TCP and not an extension header. */
    static ParseResult notTcp(int protocol) {
        return switch (protocol) {
            // IPv4 in IP, IPv6 in IP, GRE, ESP, EtherIP, L2TP, MPLS in IP
            case 4, 41, 47, 50, 97, 115, 137 -> ParseResult.ENCAPSULATED;
            default -> ParseResult.NOT_TCP;
        };
    }
}
