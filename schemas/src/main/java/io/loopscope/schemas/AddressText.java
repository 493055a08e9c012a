package io.loopscope.schemas;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/** Addresses as people write them: the JDK prints {@code 0:0:0:0:0:0:0:1} where every tool prints {@code ::1}. */
public final class AddressText {
    private static final int GROUPS = 8;

    private AddressText() {}

    /** Dotted decimal for IPv4, RFC 5952 for IPv6: lower case, the longest run of zero groups as {@code ::}. */
    public static String of(InetAddress address) {
        return address instanceof Inet6Address ? ipv6(address.getAddress()) : address.getHostAddress();
    }

    private static String ipv6(byte[] octets) {
        int[] groups = new int[GROUPS];
        ByteBuffer buffer = ByteBuffer.wrap(octets);
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = Short.toUnsignedInt(buffer.getShort());
        }
        int start = -1;
        int length = 1; // RFC 5952 4.2.2: a single zero group is not shortened.
        for (int i = 0; i < GROUPS; i++) {
            int run = 0;
            while (i + run < GROUPS && groups[i + run] == 0) {
                run++;
            }
            if (run > length) {
                start = i;
                length = run;
            }
            i += run;
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < GROUPS; i++) {
            if (i == start) {
                text.append("::");
                i += length - 1;
            } else {
                if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
