/** The verb {@code states}: the kernel's TCP sockets, counted and listed. */
@org.jspecify.annotations.NullMarked
package io.loopscope.standalone.states;
