package io.loopscope.processor.tcp;

/**
 * RFC 9293 3.3.2 states of ONE endpoint, as an observer who sees every segment can know them.
 *
 * <p>LISTEN is left out on purpose: a listening socket sends nothing, so no segment reveals it. It comes from the
 * kernel's socket table. CLOSED stands for "no connection here", before as well as after.
 */
public enum TcpState {
    CLOSED,
    SYN_SENT,
    SYN_RECEIVED,
    ESTABLISHED,
    FIN_WAIT_1,
    FIN_WAIT_2,
    CLOSING,
    TIME_WAIT,
    CLOSE_WAIT,
    LAST_ACK;

    /** Total. A signal that has no meaning in this state leaves it alone. */
    public TcpState on(Signal signal) {
        return switch (signal) {
            case SND_SYN, RCV_SYN, SND_SYN_ACK, RCV_SYN_ACK, RCV_ACK_OF_SYN, PROVEN_ESTABLISHED -> onOpening(signal);
            case SND_FIN, SND_FIN_CROSSED, RCV_FIN, RCV_ACK_OF_FIN -> onClosing(signal);
            case SND_RST, RCV_RST -> CLOSED;
            case TIME_WAIT_EXPIRED -> this == TIME_WAIT ? CLOSED : this;
            case GAVE_UP -> mustRetransmit() ? CLOSED : this;
            case SYN_UNDELIVERED,
                    SYN_ACK_UNDELIVERED,
                    ACK_OF_SYN_UNDELIVERED,
                    FIN_UNDELIVERED,
                    ACK_OF_FIN_UNDELIVERED -> onTakenBack(signal);
        };
    }

    private TcpState onOpening(Signal signal) {
        return switch (signal) {
            case SND_SYN -> this == CLOSED || this == SYN_RECEIVED ? SYN_SENT : this;
            case RCV_SYN, SND_SYN_ACK -> this == CLOSED || this == SYN_SENT ? SYN_RECEIVED : this;
            case RCV_SYN_ACK -> this == SYN_SENT || this == SYN_RECEIVED ? ESTABLISHED : this;
            case RCV_ACK_OF_SYN -> this == SYN_RECEIVED ? ESTABLISHED : this;
            default -> this == CLOSED || this == SYN_SENT || this == SYN_RECEIVED ? ESTABLISHED : this;
        };
    }

    private TcpState onClosing(Signal signal) {
        return switch (signal) {
            case SND_FIN ->
                switch (this) {
                    case SYN_RECEIVED, ESTABLISHED -> FIN_WAIT_1;
                    case CLOSE_WAIT -> LAST_ACK;
                    default -> this;
                };
            // The peer's FIN was captured first but had not arrived: this end closed actively, too.
            case SND_FIN_CROSSED -> this == CLOSE_WAIT ? FIN_WAIT_1 : this;
            case RCV_FIN ->
                switch (this) {
                    case SYN_RECEIVED, ESTABLISHED -> CLOSE_WAIT;
                    case FIN_WAIT_1 -> CLOSING;
                    case FIN_WAIT_2 -> TIME_WAIT;
                    default -> this;
                };
            default ->
                switch (this) {
                    case FIN_WAIT_1 -> FIN_WAIT_2;
                    case CLOSING -> TIME_WAIT;
                    case LAST_ACK -> CLOSED;
                    default -> this;
                };
        };
    }

    private TcpState onTakenBack(Signal signal) {
        return switch (signal) {
            case SYN_UNDELIVERED -> this == SYN_RECEIVED ? CLOSED : this;
            case SYN_ACK_UNDELIVERED -> this == ESTABLISHED ? SYN_SENT : this;
            // The FIN that came with or after the lost acknowledgment was lost with it.
            case ACK_OF_SYN_UNDELIVERED -> this == ESTABLISHED || this == CLOSE_WAIT ? SYN_RECEIVED : this;
            case FIN_UNDELIVERED ->
                switch (this) {
                    case CLOSE_WAIT -> ESTABLISHED;
                    case CLOSING -> FIN_WAIT_1;
                    case TIME_WAIT -> FIN_WAIT_2;
                    default -> this;
                };
            default ->
                switch (this) {
                    case FIN_WAIT_2 -> FIN_WAIT_1;
                    case TIME_WAIT -> CLOSING;
                    case CLOSED -> LAST_ACK;
                    default -> this;
                };
        };
    }

    /** Both sequence numbers are agreed on: every state from ESTABLISHED on, CLOSED excepted (RFC 9293 3.4). */
    public boolean synchronised() {
        return this != CLOSED && this != SYN_SENT && this != SYN_RECEIVED;
    }

    /** A SYN or a FIN of this end waits for its acknowledgment: a live kernel repeats it until it gives up. */
    public boolean mustRetransmit() {
        return switch (this) {
            case SYN_SENT, SYN_RECEIVED, FIN_WAIT_1, CLOSING, LAST_ACK -> true;
            default -> false;
        };
    }

    /** The RFC's spelling: FIN-WAIT-1, not FIN_WAIT_1. */
    @Override
    public String toString() {
        return name().replace('_', '-');
    }
}
