/** The kernel's socket table: read beside {@code ss}, and published. */
package io.loopscope.systemtests.sockets;
