/** The whole pipeline in one process: broker, agent, processor, and a feed of what they find. */
@org.jspecify.annotations.NullMarked
package io.loopscope.standalone.up;
