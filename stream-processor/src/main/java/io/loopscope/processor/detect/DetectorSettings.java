package io.loopscope.processor.detect;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * All thresholds of one host. Looked up by name and server port: a port's own settings win over the name's, which win
 * over the defaults.
 *
 * @param rules settings by name; complete
 * @param ports settings of single server ports, 0 to 65535; only what differs
 * @param limits how much is remembered
 */
public record DetectorSettings(
        Map<AnomalyName, RuleSettings> rules, Map<Integer, Map<AnomalyName, RuleSettings>> ports, Limits limits) {

    public DetectorSettings {
        EnumMap<AnomalyName, RuleSettings> complete = new EnumMap<>(AnomalyName.class);
        for (AnomalyName name : AnomalyName.values()) {
            complete.put(name, rules.getOrDefault(name, name.defaults()));
        }
        rules = Collections.unmodifiableMap(complete); // asked for each segment: an array is faster than hashing
        ports = Map.copyOf(ports);
    }

    /** As shipped. */
    public static DetectorSettings defaults() {
        return new DetectorSettings(Map.of(), Map.of(), Limits.defaults());
    }

    /** What holds for connections of a server port. */
    public RuleSettings of(AnomalyName name, int serverPort) {
        if (ports.isEmpty()) {
            return of(name);
        }
        Map<AnomalyName, RuleSettings> own = ports.get(serverPort);
        RuleSettings override = own == null ? null : own.get(name);
        return override == null ? of(name) : override;
    }

    /** What holds where no port says otherwise. */
    public RuleSettings of(AnomalyName name) {
        RuleSettings settings = rules.get(name);
        return settings == null ? name.defaults() : settings;
    }

    /** It is looked for, on any port. */
    boolean isOnAnywhere(AnomalyName name) {
        return of(name).action() != Action.OFF
                || ports.values().stream()
                        .map(own -> own.get(name))
                        .anyMatch(own -> own != null && own.action() != Action.OFF);
    }

    /** The same with other settings for a name. */
    public DetectorSettings with(AnomalyName name, RuleSettings settings) {
        EnumMap<AnomalyName, RuleSettings> changed = new EnumMap<>(rules);
        changed.put(name, settings);
        return new DetectorSettings(changed, ports, limits);
    }

    /** The same with other settings for a name on a server port. */
    public DetectorSettings with(int serverPort, AnomalyName name, RuleSettings settings) {
        Map<Integer, Map<AnomalyName, RuleSettings>> changed = new HashMap<>(ports);
        EnumMap<AnomalyName, RuleSettings> own = new EnumMap<>(AnomalyName.class);
        own.putAll(ports.getOrDefault(serverPort, Map.of()));
        own.put(name, settings);
        changed.put(serverPort, Map.copyOf(own));
        return new DetectorSettings(rules, changed, limits);
    }

    /** The same with other limits. */
    public DetectorSettings with(Limits other) {
        return new DetectorSettings(rules, ports, other);
    }

    /**
     * Bounds of what is remembered for one host.
     *
     * @param maxConnections connections, closed ones included, 16 or more; beyond it closed ones go first, then
     *     the oldest handshakes, then the longest idle ones
     * @param maxHandshakes unfinished handshakes, 16 or more: a SYN flood must not push live connections out
     * @param maxListeners listeners remembered that have no connection now, 16 or more
     * @param forgetHandshake after how long without a segment an unfinished handshake is forgotten
     * @param idleAfter after how long without a segment an established connection counts as idle
     * @param forgetIdle after how long without a segment a connection without an open anomaly is forgotten
     * @param examples connections named by a rolled-up anomaly, 0 to 5
     * @param holdEvent how long an anomaly that was over as it happened (such as a reset) stays open
     * @param captureRecovered how long the capture has to be without loss to be trusted again
     * @param agentLost after how long an agent's silence everything open on its host is cleared
     */
    public record Limits(
            int maxConnections,
            int maxHandshakes,
            int maxListeners,
            Duration forgetHandshake,
            Duration idleAfter,
            Duration forgetIdle,
            int examples,
            Duration holdEvent,
            Duration captureRecovered,
            Duration agentLost) {

        /**
         * @throws IllegalArgumentException when a limit is out of range; the message names it
         */
        public Limits {
            require(maxConnections >= 16, "max connections", maxConnections);
            require(maxHandshakes >= 16, "max handshakes", maxHandshakes);
            require(maxListeners >= 16, "max listeners", maxListeners);
            require(!forgetHandshake.isNegative() && !forgetHandshake.isZero(), "forget handshake", forgetHandshake);
            require(!idleAfter.isNegative() && !idleAfter.isZero(), "idle after", idleAfter);
            require(forgetIdle.compareTo(idleAfter) > 0, "forget idle, which is before idle after,", forgetIdle);
            require(examples >= 0 && examples <= 5, "examples", examples);
            require(!holdEvent.isNegative() && !holdEvent.isZero(), "hold event", holdEvent);
            require(!captureRecovered.isNegative(), "capture recovered", captureRecovered);
            require(!agentLost.isNegative() && !agentLost.isZero(), "agent lost", agentLost);
        }

        /** As shipped. */
        public static Limits defaults() {
            return new Limits(
                    200_000,
                    50_000,
                    10_000,
                    Duration.ofSeconds(150), // Linux gives a SYN up after 127 s.
                    Duration.ofSeconds(60),
                    Duration.ofHours(24),
                    5,
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(15));
        }

        /** The same with another number of connections. */
        public Limits withMaxConnections(int other) {
            return new Limits(
                    other,
                    maxHandshakes,
                    maxListeners,
                    forgetHandshake,
                    idleAfter,
                    forgetIdle,
                    examples,
                    holdEvent,
                    captureRecovered,
                    agentLost);
        }

        private static void require(boolean valid, String limit, Object value) {
            if (!valid) {
                throw new IllegalArgumentException(limit + " is out of range: " + value);
            }
        }
    }
}
