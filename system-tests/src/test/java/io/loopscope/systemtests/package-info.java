/** The whole pipeline on real sockets, a real broker and a real database, judged by the kernel. */
package io.loopscope.systemtests;
