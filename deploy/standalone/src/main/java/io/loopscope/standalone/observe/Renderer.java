package io.loopscope.standalone.observe;

import java.util.List;

/** A form of output. */
public interface Renderer {
    /** The lines that show an item, without their ends; safe for a terminal. */
    List<String> lines(Item item);
}
