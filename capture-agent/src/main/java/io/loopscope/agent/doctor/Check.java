package io.loopscope.agent.doctor;

/** One look. Operating failures are findings; an exception is a bug. */
@FunctionalInterface
interface Check {
    Finding look();
}
