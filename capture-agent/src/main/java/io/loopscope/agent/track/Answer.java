package io.loopscope.agent.track;

/** What became of a segment. */
public enum Answer {
    /** It is part of a run that was open already. */
    MERGED,
    /** It is in an item of its own, which may become a run. */
    BEGUN,
    /** It equals the last segment of an open run, so soon that it is that one, captured twice: it is left out. */
    CAPTURED_TWICE,
    /** It carries data, and was left out so that there is room for what matters more. */
    SHED_DATA,
    /** It is a pure acknowledgment, and was left out so that there is room for what matters more. */
    SHED_ACKNOWLEDGMENT,
    /** There was no room at all. */
    FULL;

    /** Whether it, or the segment that it equals, is going to be published. */
    public boolean isTaken() {
        return this == MERGED || this == BEGUN || this == CAPTURED_TWICE;
    }
}
