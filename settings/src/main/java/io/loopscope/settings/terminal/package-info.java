/** What a terminal is shown: colours where they are wanted, and no text from outside that could drive it. */
@org.jspecify.annotations.NullMarked
package io.loopscope.settings.terminal;
