package io.loopscope.processor.tcp;

/** ISNs of the incarnation before the current one, so that its SYNs are not taken for new ones. */
final class Earlier {

    boolean lowKnown;
    int lowInitial;
    boolean highKnown;
    int highInitial;

    void remember(Incarnation incarnation) {
        lowKnown = incarnation.low.sequence.initialKnown;
        lowInitial = incarnation.low.sequence.initial;
        highKnown = incarnation.high.sequence.initialKnown;
        highInitial = incarnation.high.sequence.initial;
    }

    boolean had(Side side, int initial) {
        return side == Side.LOW ? lowKnown && lowInitial == initial : highKnown && highInitial == initial;
    }
}
