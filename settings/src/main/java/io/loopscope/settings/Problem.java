package io.loopscope.settings;

/**
 * One thing that is wrong with a configuration, for a person to read.
 *
 * @param where the place to change: {@code loopscope.yaml:3:5} (line and column from 1), {@code environment
 *     LOOPSCOPE_AGENT_INTERFACE}, {@code flag --interface}, or {@code configuration} when no place has it
 * @param what the setting, what its value was and what is allowed; never the value of a secret
 */
public record Problem(String where, String what) {
    @Override
    public String toString() {
        return where + ": " + what;
    }
}
