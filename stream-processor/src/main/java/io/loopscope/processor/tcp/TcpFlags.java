package io.loopscope.processor.tcp;

/** The control bits of the TCP header as they stand in its 14th octet (RFC 9293 3.1), ECN bits included. */
public final class TcpFlags {

    public static final int FIN = 0x01;
    public static final int SYN = 0x02;
    public static final int RST = 0x04;
    public static final int PSH = 0x08;
    public static final int ACK = 0x10;
    public static final int URG = 0x20;
    public static final int ECE = 0x40;
    public static final int CWR = 0x80;

    /** The bits that steer the state machine. */
    static final int STEERING = FIN | SYN | RST | ACK;

    private TcpFlags() {}

    /** The RFC's notation, without PSH, ECE and CWR: {@code SYN,ACK}. */
    public static String toString(int flags) {
        var names = new StringBuilder();
        append(names, flags, SYN, "SYN");
        append(names, flags, FIN, "FIN");
        append(names, flags, RST, "RST");
        append(names, flags, URG, "URG");
        append(names, flags, ACK, "ACK");
        return names.toString();
    }

    private static void append(StringBuilder names, int flags, int bit, String name) {
        if ((flags & bit) != 0) {
            names.append(names.isEmpty() ? "" : ",").append(name);
        }
    }
}
