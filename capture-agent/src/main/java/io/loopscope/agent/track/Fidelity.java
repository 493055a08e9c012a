package io.loopscope.agent.track;

import java.util.Locale;

/** How much of a connection is published. From the richest to the poorest. */
public enum Fidelity {
    /** Every segment by itself. */
    ALL,
    /** Consecutive plain data and pure ACKs of one sender as runs, all that matters to the state machine by itself. */
    COALESCED,
    /**
     * SYN, FIN, RST and zero windows only: the kernel's filter leaves out the rest before the agent sees it. What arrives
     * all the same is treated like {@link #COALESCED}.
     */
    CONTROL;

    /** As settings spell it: lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The fidelity that settings spell so.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static Fidelity ofLabel(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }
}
