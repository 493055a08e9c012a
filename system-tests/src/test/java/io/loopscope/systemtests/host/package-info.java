/** The verbs that look at one host: interfaces, doctor, states. */
package io.loopscope.systemtests.host;
