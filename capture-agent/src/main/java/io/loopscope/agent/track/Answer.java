package io.loopscope.agent.track;

/** What became of a segment. */
public enum Answer {
    /** It is part of a run that was open already. */
    MERGED,
    /** It is in an item of its own, which may become a run. */
    BEGUN,
    /** It carries data, and was left out so that there is room for what matters more. */
    SHED_DATA,
    /** It is a pure acknowledgment, and was left out so that there is room for what matters more. */
    SHED_ACKNOWLEDGMENT,
    /** There was no room at all. */
    FULL;

    /** Whether it is going to be published. */
    public boolean isTaken() {
        return this == MERGED || this == BEGUN;
    }
}
