package io.loopscope.agent;

/**
 * What became of packets at one stage on their way through an agent. All stages together: what left one has come to the
 * next, and at rest nothing is {@link #pending}.
 *
 * @param name of the stage
 * @param in that came to it
 * @param out that it has passed on
 * @param leftOut that ended here: lost, of no use, or not wanted
 */
record Stage(String name, long in, long out, long leftOut) {

    /** That are still at this stage. */
    long pending() {
        return in - out - leftOut;
    }

    @Override
    public String toString() {
        return "%s %d in, %d out, %d left out".formatted(name, in, out, leftOut);
    }
}
