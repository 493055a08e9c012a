package io.loopscope.processor.tcp;

import static io.loopscope.processor.tcp.ZeekHistory.End.CLOSED;
import static io.loopscope.processor.tcp.ZeekHistory.End.ESTABLISHED;
import static io.loopscope.processor.tcp.ZeekHistory.End.INACTIVE;
import static io.loopscope.processor.tcp.ZeekHistory.End.PARTIAL;
import static io.loopscope.processor.tcp.ZeekHistory.End.RESET;
import static io.loopscope.processor.tcp.ZeekHistory.End.SYN_ACK_SENT;
import static io.loopscope.processor.tcp.ZeekHistory.End.SYN_SENT;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Zeek's view of a connection: the {@code history} and {@code conn_state} fields of its conn.log. Zeek believes every
 * segment it sees, so this is kept apart from the RFC 9293 states and follows Zeek's own, coarser machine.
 *
 * <p>Letters: S SYN, H SYN,ACK, A pure ACK, D data, F FIN, R RST, G gap, T retransmission, W zero window, I FIN+RST,
 * Q SYN+FIN or SYN+RST, ^ the first segment came from the responder. Capitals are the originator's. A, D, I and Q stand
 * once per direction; S, H, F and R again when their sequence number changes; T, W and G at the 1st, 10th, 100th … time.
 */
final class ZeekHistory {

    /** Zeek's states of one end. */
    enum End {
        INACTIVE,
        SYN_SENT,
        SYN_ACK_SENT,
        PARTIAL,
        ESTABLISHED,
        CLOSED,
        RESET
    }

    private static final int SEEN_SYN = 1;
    private static final int SEEN_FIN = 2;
    private static final int SEEN_RST = 4;
    private static final int SEEN_ACK = 8;
    private static final int SEEN_DATA = 16;
    private static final int SEEN_FIN_RST = 32;
    private static final int SEEN_MULTI = 64;

    /** What Zeek keeps for each of its two ends. */
    static final class Half {
        End state = INACTIVE;
        End before = INACTIVE;
        int seen;
        int lastSyn;
        int lastFin;
        int lastRst;
        int retransmissions;
        int zeroWindows;
        int gaps;

        private void enter(End next) {
            if (next != state) {
                before = state;
                state = next;
            }
        }
    }

    final Half originator = new Half();
    final Half responder = new Half();
    byte[] letters = new byte[8];
    int length;

    private Half half(boolean byOriginator) {
        return byOriginator ? originator : responder;
    }

    /** The responder was seen first, or the roles turned out to be the other way round. */
    void flip() {
        append('^');
    }

    /**
     * A segment, before it is placed in sequence space.
     *
     * @param old it has data, and ends at or before the end of all that was sent before
     */
    void segment(boolean byOriginator, Segment segment, boolean old) {
        Half from = half(byOriginator);
        Half to = half(!byOriginator);
        flags(byOriginator, from, segment);
        if (segment.window() == 0 && !segment.rst() && to.state != CLOSED && from.state != RESET) {
            scaled(byOriginator, 'W', ++from.zeroWindows);
        }
        if (old && from.state != RESET) {
            scaled(byOriginator, 'T', ++from.retransmissions);
        }
        advance(byOriginator, from, to, segment);
    }

    /** An acknowledgment showed that octets of this end were never captured. */
    void gap(boolean ofOriginator) {
        if (isClean(originator) && isClean(responder)) {
            scaled(ofOriginator, 'G', ++half(ofOriginator).gaps);
        }
    }

    private static boolean isClean(Half half) {
        return half.state == ESTABLISHED || (half.state == CLOSED && half.before == ESTABLISHED);
    }

    private void flags(boolean byOriginator, Half from, Segment segment) {
        int count = (segment.syn() ? 1 : 0) + (segment.fin() ? 1 : 0) + (segment.rst() ? 1 : 0);
        if (count > 1) {
            boolean finRst = segment.fin() && segment.rst();
            once(byOriginator, from, finRst ? SEEN_FIN_RST : SEEN_MULTI, finRst ? 'I' : 'Q');
        } else if (segment.syn()) {
            char letter = segment.ack() ? 'H' : 'S';
            again(byOriginator, from, SEEN_SYN, letter, segment.sequence() != from.lastSyn);
            from.lastSyn = segment.sequence();
        } else if (segment.fin()) {
            again(byOriginator, from, SEEN_FIN, 'F', segment.dataEnd() != from.lastFin);
            from.lastFin = segment.dataEnd();
        } else if (segment.rst()) {
            again(byOriginator, from, SEEN_RST, 'R', segment.sequence() != from.lastRst);
            from.lastRst = segment.sequence();
        } else if (segment.payloadOctets() > 0) {
            once(byOriginator, from, SEEN_DATA, 'D');
        } else if (segment.ack()) {
            once(byOriginator, from, SEEN_ACK, 'A');
        }
    }

    private void once(boolean byOriginator, Half from, int bit, char letter) {
        if ((from.seen & bit) == 0) {
            from.seen |= bit;
            append(byOriginator ? letter : Character.toLowerCase(letter));
        }
    }

    private void again(boolean byOriginator, Half from, int bit, char letter, boolean another) {
        if ((from.seen & bit) == 0 || another) {
            from.seen |= bit;
            append(byOriginator ? letter : Character.toLowerCase(letter));
        }
    }

    private void scaled(boolean byOriginator, char letter, int count) {
        int threshold = count;
        while (threshold % 10 == 0) {
            threshold /= 10;
        }
        if (threshold == 1) {
            append(byOriginator ? letter : Character.toLowerCase(letter));
        }
    }

    private void append(char letter) {
        if (length == letters.length) {
            letters = Arrays.copyOf(letters, 2 * length);
        }
        letters[length++] = (byte) letter;
    }

    private static void advance(boolean byOriginator, Half from, Half to, Segment segment) {
        switch (from.state) {
            case INACTIVE -> advanceInactive(byOriginator, from, to, segment);
            case SYN_SENT, SYN_ACK_SENT -> {
                if (segment.fin()) {
                    from.enter(CLOSED);
                }
                if (segment.rst()) {
                    from.enter(RESET);
                }
            }
            case ESTABLISHED, PARTIAL -> advanceEstablished(from, to, segment);
            case CLOSED -> {
                if (segment.rst() && to.state != CLOSED) {
                    from.enter(RESET);
                }
            }
            case RESET -> {}
        }
    }

    private static void advanceInactive(boolean byOriginator, Half from, Half to, Segment segment) {
        if (segment.syn() && byOriginator) {
            from.enter(segment.ack() ? SYN_ACK_SENT : SYN_SENT);
        } else if (segment.syn()) {
            if (to.state == SYN_SENT || to.state == SYN_ACK_SENT) {
                to.enter(ESTABLISHED);
            }
            from.enter(ESTABLISHED);
        }
        if (segment.fin()) {
            from.enter(CLOSED);
        }
        if (segment.rst()) {
            from.enter(RESET);
        }
        if (from.state == INACTIVE) {
            advanceWithoutControl(byOriginator, from, to, segment);
        }
    }

    /** A first segment without SYN, FIN or RST. */
    private static void advanceWithoutControl(boolean byOriginator, Half from, Half to, Segment segment) {
        boolean acknowledgesSynEarly = !byOriginator && segment.payloadOctets() == 0 && to.state == SYN_SENT;
        if (acknowledgesSynEarly) {
            return;
        }
        from.enter(segment.ack() && to.state == ESTABLISHED ? ESTABLISHED : PARTIAL);
    }

    private static void advanceEstablished(Half from, Half to, Segment segment) {
        if (segment.syn() && !segment.ack() && from.state == PARTIAL && to.state == INACTIVE) {
            from.enter(SYN_SENT);
        }
        if (segment.fin() && !segment.rst()) {
            from.enter(CLOSED);
            if (to.state == RESET && to.before == CLOSED) {
                // A FIN followed by a RST was a normal end.
                to.enter(CLOSED);
            }
        }
        if (segment.rst()) {
            from.enter(RESET);
        }
    }

    String letters() {
        return new String(letters, 0, length, StandardCharsets.US_ASCII);
    }

    /** Zeek's rule; {@code noOctets}: neither end has sent data. */
    String connState(boolean noOctets) {
        boolean originatorUnknown = originator.state == INACTIVE || originator.state == PARTIAL;
        boolean responderUnknown = responder.state == INACTIVE || responder.state == PARTIAL;
        if (responder.state == RESET) {
            return stateResetByResponder(originatorUnknown, noOctets);
        }
        if (originator.state == RESET) {
            if (responderUnknown) {
                return synThenReset() ? "RSTOS0" : "OTH";
            }
            return "RSTO";
        }
        if (responder.state == CLOSED && originator.state == CLOSED) {
            return "SF";
        }
        if (originator.state == CLOSED) {
            return responderUnknown ? "SH" : "S2";
        }
        if (responder.state == CLOSED) {
            return originatorUnknown ? "SHR" : "S3";
        }
        if (originator.state == SYN_SENT && responder.state == INACTIVE) {
            return "S0";
        }
        return originator.state == ESTABLISHED && responder.state == ESTABLISHED ? "S1" : "OTH";
    }

    private String stateResetByResponder(boolean originatorUnknown, boolean noOctets) {
        if (originator.state == SYN_SENT || originator.state == SYN_ACK_SENT) {
            return "REJ";
        }
        if (originator.state == RESET && noOctets) {
            return "REJ";
        }
        return originatorUnknown ? "RSTRH" : "RSTR";
    }

    /** Zeek's pattern {@code ^?S[^HAFGIQ]*R.*}, the first ^ literally */
    private boolean synThenReset() {
        int at = length > 0 && letters[0] == '^' ? 1 : 0;
        if (at >= length || letters[at] != 'S') {
            return false;
        }
        for (int i = at + 1; i < length; i++) {
            if (letters[i] == 'R') {
                return true;
            }
            if ("HAFGIQ".indexOf(letters[i]) >= 0) {
                return false;
            }
        }
        return false;
    }
}
