/** Everything on one machine: the program behind the launcher's verbs. */
@org.jspecify.annotations.NullMarked
package io.loopscope.standalone;
