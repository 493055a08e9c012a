/** Settings of a program that contains agent and processor. */
@org.jspecify.annotations.NullMarked
package io.loopscope.standalone.config;
