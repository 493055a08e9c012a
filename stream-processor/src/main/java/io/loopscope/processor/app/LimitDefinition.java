package io.loopscope.processor.app;

import static org.apache.kafka.common.config.ConfigDef.Importance.LOW;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;
import static org.apache.kafka.common.config.ConfigDef.Type.STRING;

import io.loopscope.processor.detect.DetectorSettings.Limits;
import io.loopscope.processor.tcp.TcpSettings;
import io.loopscope.settings.DurationRange;
import io.loopscope.settings.DurationText;
import java.time.Duration;
import org.apache.kafka.common.config.ConfigDef;

/** The settings of what is remembered, and of the kernels that are watched. */
final class LimitDefinition {
    static final String MAX_CONNECTIONS = "detector.max.connections";
    static final String MAX_HANDSHAKES = "detector.max.handshakes";
    static final String MAX_LISTENERS = "detector.max.listeners";
    static final String FORGET_HANDSHAKE = "detector.forget.handshake";
    static final String IDLE_AFTER = "detector.idle.after";
    static final String FORGET_IDLE = "detector.forget.idle";
    static final String EXAMPLES = "detector.examples";
    static final String HOLD_EVENT = "detector.hold.event";
    static final String CAPTURE_RECOVERED = "detector.capture.recovered";
    static final String AGENT_LOST = "detector.agent.lost";
    static final String TIME_WAIT = "tcp.time.wait";
    static final String GIVE_UP = "tcp.give.up";
    static final String RESET_DOUBT = "tcp.reset.doubt";
    static final String REMEMBER = "tcp.remember";

    static final ConfigDef LIMITS = limits();

    private LimitDefinition() {}

    private static ConfigDef limits() {
        ConfigDef settings = new ConfigDef();
        numbers(settings, Limits.defaults());
        durations(settings, Limits.defaults());
        kernel(settings, TcpSettings.DEFAULT);
        return settings;
    }

    private static void numbers(ConfigDef settings, Limits limits) {
        number(
                settings,
                MAX_CONNECTIONS,
                limits.maxConnections(),
                ConfigDef.Range.atLeast(16),
                "Connections remembered for one host, closed ones included. Beyond it closed ones are forgotten first,"
                        + " then the oldest handshakes, then the longest idle ones; what is forgotten is counted.");
        number(
                settings,
                MAX_HANDSHAKES,
                limits.maxHandshakes(),
                ConfigDef.Range.atLeast(16),
                "Unfinished handshakes among them: a SYN flood must not push live connections out.");
        number(
                settings,
                MAX_LISTENERS,
                limits.maxListeners(),
                ConfigDef.Range.atLeast(16),
                "Listeners remembered for one host that have no connection now.");
        number(
                settings,
                EXAMPLES,
                limits.examples(),
                ConfigDef.Range.between(0, 5),
                "Connections that a rolled-up anomaly names.");
    }

    private static void durations(ConfigDef settings, Limits limits) {
        duration(
                settings,
                FORGET_HANDSHAKE,
                limits.forgetHandshake(),
                DurationRange.atLeast("1s"),
                "After how long without a segment an unfinished handshake is forgotten. Linux gives a SYN up after 127 s.");
        duration(
                settings,
                IDLE_AFTER,
                limits.idleAfter(),
                DurationRange.atLeast("1s"),
                "After how long without a segment an established connection counts as idle.");
        duration(
                settings,
                FORGET_IDLE,
                limits.forgetIdle(),
                DurationRange.atLeast("1s"),
                "After how long without a segment a connection without an open anomaly is forgotten. More than "
                        + IDLE_AFTER + ".");
        duration(
                settings,
                HOLD_EVENT,
                limits.holdEvent(),
                DurationRange.atLeast("1ms"),
                "How long an anomaly that was over as it happened, such as a reset, stays open.");
        duration(
                settings,
                CAPTURE_RECOVERED,
                limits.captureRecovered(),
                DurationRange.any(),
                "How long a capture has to be without loss to be trusted again.");
        duration(
                settings,
                AGENT_LOST,
                limits.agentLost(),
                DurationRange.atLeast("1s"),
                "After how long an agent's silence everything open on its host is cleared.");
    }

    private static void kernel(ConfigDef settings, TcpSettings tcp) {
        duration(
                settings,
                TIME_WAIT,
                tcp.timeWait(),
                DurationRange.atLeast("1s"),
                "How long the watched kernels keep an end in TIME-WAIT (2 MSL). Linux: 60s.");
        duration(
                settings,
                GIVE_UP,
                tcp.giveUp(),
                DurationRange.atLeast("1s"),
                "Silence after which an end that has to retransmit is gone. More than the largest retransmission timeout;"
                        + " Linux: 120s.");
        duration(
                settings,
                RESET_DOUBT,
                tcp.resetDoubt(),
                DurationRange.atLeast("1ms"),
                "How long a RST that was in the window, but not exact, waits for the challenge ACK before it counts"
                        + " (RFC 5961).");
        duration(
                settings,
                REMEMBER,
                tcp.remember(),
                DurationRange.atLeast("60s"),
                "How long a closed connection is remembered after its last segment, so that a late one does not look like"
                        + " a new connection.");
    }

    private static void number(ConfigDef settings, String key, int value, ConfigDef.Validator range, String doc) {
        settings.define(key, INT, value, range, LOW, doc);
    }

    private static void duration(ConfigDef settings, String key, Duration value, DurationRange range, String doc) {
        settings.define(key, STRING, DurationText.format(value), range, LOW, doc);
    }
}
