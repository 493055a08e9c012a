/**
 * Real sockets, with the kernel as judge: the TCP core sees a private {@code lo} through libpcap, and at every checkpoint
 * both ends must be what the kernel's socket table says.
 */
package io.loopscope.systemtests.kernel;
