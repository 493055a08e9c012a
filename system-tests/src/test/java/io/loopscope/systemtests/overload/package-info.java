/** More than an agent can be asked for: long storms, and what it keeps and counts then. */
package io.loopscope.systemtests.overload;
