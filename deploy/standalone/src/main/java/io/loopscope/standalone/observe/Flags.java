package io.loopscope.standalone.observe;

/** TCP flags, RFC 9293 section 3.1, in tcpdump's letters. */
final class Flags {
    static final int ACK = 16;
    /** The letter of bit 0, 1, …: FIN, SYN, RST, PSH, ACK, URG, ECE, CWR, AE. */
    private static final String LETTERS = "FSRP.UEWe";

    private Flags() {}

    /** {@code S}, {@code S.}, {@code P.}, {@code F.}; {@code none} when no flag is set. */
    static String text(int flags) {
        var text = new StringBuilder();
        for (int bit = 0; bit < LETTERS.length(); bit++) {
            if ((flags & (1 << bit)) != 0) {
                text.append(LETTERS.charAt(bit));
            }
        }
        return text.isEmpty() ? "none" : text.toString();
    }
}
