/** Live capture on {@code lo}: the contract of every packet source, and what can go wrong. */
package io.loopscope.systemtests.source;
