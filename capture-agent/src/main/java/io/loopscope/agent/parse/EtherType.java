package io.loopscope.agent.parse;

/** EtherTypes that matter on the way to a TCP header. */
final class EtherType {
    static final int IPV4 = 0x0800;
    static final int IPV6 = 0x86dd;

    private EtherType() {}

    /** 802.1Q, 802.1ad, and the numbers that were used for stacked tags before 802.1ad. */
    static boolean isVlanTag(int etherType) {
        return switch (etherType) {
            case 0x8100, 0x88a8, 0x9100, 0x9200, 0x9300 -> true;
            default -> false;
        };
    }

    /** MPLS, PPPoE sessions, transparent bridging, MAC-in-MAC, FabricPath, VN-tag, MACsec: IP may be inside. */
    static boolean isTunnel(int etherType) {
        return switch (etherType) {
            case 0x8847, 0x8848, 0x8864, 0x6558, 0x88e7, 0x8903, 0x8926, 0x88e5 -> true;
            default -> false;
        };
    }
}
