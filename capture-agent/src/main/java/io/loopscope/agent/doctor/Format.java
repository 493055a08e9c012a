package io.loopscope.agent.doctor;

/** How a verb prints what it found. */
enum Format {
    /** For people. */
    TABLE,
    /** For programs: one object. */
    JSON
}
