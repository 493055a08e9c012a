package io.loopscope.agent.source;

import java.util.Locale;

/** How packets get from the kernel into this process. */
public enum CaptureMethod {
    /** {@link #RING} where it works, else {@link #LIBPCAP} and a line in the log that says why. */
    AUTO,
    /** A ring of blocks that the kernel fills and this process reads in place; Linux only. */
    RING,
    /** libpcap, on every system and every kind of interface. */
    LIBPCAP;

    /** As it is written in settings: the name in lower case. */
    public static CaptureMethod of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    /** As it is written in settings. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
