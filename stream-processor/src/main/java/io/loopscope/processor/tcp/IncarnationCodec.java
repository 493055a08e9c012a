package io.loopscope.processor.tcp;

import java.io.IOException;

/** The stored form of an {@link Incarnation}: written and read here, in the same order. */
final class IncarnationCodec {

    private static final int LONGEST_HISTORY = 1 << 16;

    private IncarnationCodec() {}

    static void write(Incarnation incarnation, StateOutput output) throws IOException {
        output.constant(incarnation.client);
        output.constant(incarnation.initiator);
        output.number(incarnation.id);
        output.truths(
                incarnation.simultaneousOpen,
                incarnation.fastOpen,
                incarnation.startedWithFin,
                incarnation.collisionTold,
                incarnation.resetWithAck,
                incarnation.doubtfulResetWithAck,
                incarnation.handshakeNanos != Connection.NEVER);
        if (incarnation.handshakeNanos != Connection.NEVER) {
            output.signed(incarnation.handshakeNanos);
        }
        output.constant(incarnation.challengedBy);
        output.constant(incarnation.firstFin);
        output.constant(incarnation.closeReason);
        output.constant(incarnation.resetBy);
        output.constant(incarnation.resetCause);
        output.constant(incarnation.doubtfulResetBy);
        output.time(incarnation.doubtSinceNanos);
        EndpointCodec.write(incarnation.low, output);
        if (incarnation.high != incarnation.low) {
            EndpointCodec.write(incarnation.high, output);
        }
        writeHistory(incarnation.history, output);
    }

    static Incarnation read(Connection connection, long startedNanos, StateInput input) throws IOException {
        var incarnation = new Incarnation(connection, input.constant(Side.values()));
        incarnation.startedNanos = startedNanos;
        incarnation.initiator = input.constant(Initiator.values());
        incarnation.id = input.number();
        int truths = input.count();
        incarnation.simultaneousOpen = (truths & 1) != 0;
        incarnation.fastOpen = (truths & (1 << 1)) != 0;
        incarnation.startedWithFin = (truths & (1 << 2)) != 0;
        incarnation.collisionTold = (truths & (1 << 3)) != 0;
        incarnation.resetWithAck = (truths & (1 << 4)) != 0;
        incarnation.doubtfulResetWithAck = (truths & (1 << 5)) != 0;
        incarnation.handshakeNanos = (truths & (1 << 6)) != 0 ? input.signed() : Connection.NEVER;
        incarnation.challengedBy = input.constantOrNull(Side.values());
        incarnation.firstFin = input.constantOrNull(Side.values());
        incarnation.closeReason = input.constantOrNull(CloseReason.values());
        incarnation.resetBy = input.constantOrNull(Side.values());
        incarnation.resetCause = input.constantOrNull(ResetCause.values());
        incarnation.doubtfulResetBy = input.constantOrNull(Side.values());
        incarnation.doubtSinceNanos = input.time();
        EndpointCodec.read(incarnation.low, input);
        if (incarnation.high != incarnation.low) {
            EndpointCodec.read(incarnation.high, input);
        }
        readHistory(incarnation.history, input);
        return incarnation;
    }

    private static void writeHistory(ZeekHistory history, StateOutput output) throws IOException {
        output.octets(history.letters, history.length);
        writeHalf(history.originator, output);
        writeHalf(history.responder, output);
    }

    private static void readHistory(ZeekHistory history, StateInput input) throws IOException {
        history.letters = input.octets(LONGEST_HISTORY);
        history.length = history.letters.length;
        readHalf(history.originator, input);
        readHalf(history.responder, input);
    }

    private static void writeHalf(ZeekHistory.Half half, StateOutput output) throws IOException {
        output.constant(half.state);
        output.constant(half.before);
        output.number(half.seen);
        output.sequence(half.lastSyn);
        output.sequence(half.lastFin);
        output.sequence(half.lastRst);
        output.number(half.retransmissions);
        output.number(half.zeroWindows);
        output.number(half.gaps);
    }

    private static void readHalf(ZeekHistory.Half half, StateInput input) throws IOException {
        half.state = input.constant(ZeekHistory.End.values());
        half.before = input.constant(ZeekHistory.End.values());
        half.seen = input.count();
        half.lastSyn = input.sequence();
        half.lastFin = input.sequence();
        half.lastRst = input.sequence();
        half.retransmissions = input.count();
        half.zeroWindows = input.count();
        half.gaps = input.count();
    }
}
