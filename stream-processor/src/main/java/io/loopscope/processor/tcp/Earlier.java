package io.loopscope.processor.tcp;

/**
 * ISNs of the incarnation before the current one, so that its SYNs are not taken for new ones.
 *
 * @param lowKnown whether {@code lowInitial} means anything
 * @param highKnown whether {@code highInitial} means anything
 */
record Earlier(boolean lowKnown, int lowInitial, boolean highKnown, int highInitial) {

    /** There was none, as with most connections: one for all of them. */
    static final Earlier NONE = new Earlier(false, 0, false, 0);

    /** Of what is the current incarnation until now. */
    static Earlier of(Incarnation incarnation) {
        SequenceSpace low = incarnation.low.sequence;
        SequenceSpace high = incarnation.high.sequence;
        return new Earlier(low.initialKnown, low.initial, high.initialKnown, high.initial);
    }

    /** {@link #NONE} when it equals that. */
    Earlier shared() {
        return equals(NONE) ? NONE : this;
    }

    boolean had(Side side, int initial) {
        return side == Side.LOW ? lowKnown && lowInitial == initial : highKnown && highInitial == initial;
    }
}
