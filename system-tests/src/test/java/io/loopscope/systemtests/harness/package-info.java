/** What the system tests are made of: processes, sockets, the kernel's judgement, and the log of what was published. */
package io.loopscope.systemtests.harness;
