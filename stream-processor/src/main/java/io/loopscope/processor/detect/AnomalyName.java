package io.loopscope.processor.detect;

import static io.loopscope.processor.detect.AnomalyScope.CONNECTION;
import static io.loopscope.processor.detect.AnomalyScope.HOST;
import static io.loopscope.processor.detect.AnomalyScope.LISTENER;
import static io.loopscope.processor.detect.Severity.CRITICAL;
import static io.loopscope.processor.detect.Severity.INFO;
import static io.loopscope.processor.detect.Severity.WARNING;

import java.time.Duration;
import java.util.Locale;

/** The anomalies that can be told. Numbers and names never change their meaning. */
public enum AnomalyName {
    CLOSE_WAIT_STUCK(
            1,
            CONNECTION,
            WARNING,
            "RFC 9293 3.6",
            "An end got the peer's FIN, acknowledged it, and has sent neither data nor FIN nor RST for warning.after.",
            "Find out why the owning process does not call close(): ss -tanp state close-wait; only the application"
                    + " can end this state.",
            stuck(60, 300)),
    FIN_WAIT_2_STUCK(
            2,
            CONNECTION,
            WARNING,
            "RFC 9293 3.6",
            "An end closed, its FIN was acknowledged, and no FIN of the peer has come for warning.after. An attribute of"
                    + " CLOSE_WAIT_STUCK when the peer is known to be in CLOSE_WAIT.",
            "Look at the peer: it has not closed its side; the kernel may have dropped this end silently"
                    + " (net.ipv4.tcp_fin_timeout).",
            stuck(60, 300)),
    CLOSE_UNACKNOWLEDGED(
            3,
            CONNECTION,
            WARNING,
            "RFC 9293 3.8.3",
            "An end sent its FIN and it has not been acknowledged: retransmitted count times, or for warning.after.",
            "Check that the peer's host still runs and that no firewall drops segments of closing connections.",
            stuck(10, 60).withCount(2)),
    HALF_OPEN(
            4,
            CONNECTION,
            CRITICAL,
            "RFC 9293 3.5.1",
            "One end has gone without the other knowing: an RST answered data or a keepalive on a connection that was"
                    + " never closed from that side, data was retransmitted count times without any answer, or the socket"
                    + " table shows one end and, at two polls, not the other.",
            "Find out how the end that is gone went away (crash, kill, restart, firewall state lost) and enable"
                    + " keepalives on the other.",
            RuleSettings.of(Action.ALERT).withCount(3).withRollUpFrom(10)),
    HANDSHAKE_UNANSWERED(
            5,
            CONNECTION,
            WARNING,
            "RFC 9293 3.5",
            "A client has sent count or more SYNs with one initial sequence number and got no reply for warning.after.",
            "On loopback this is never network loss: look for a full accept queue (ss -ltn: Recv-Q at Send-Q) or a"
                    + " firewall that drops.",
            stuck(3, 30).withCount(2)),
    HANDSHAKE_STUCK(
            6,
            CONNECTION,
            WARNING,
            "RFC 9293 3.5",
            "A server has sent count or more SYN,ACKs and no ACK has completed the handshake for warning.after.",
            "Check whether the client still exists and whether a firewall drops the server's SYN,ACK or the client's ACK.",
            stuck(5, 30).withCount(2)),
    SYN_FLOOD(
            7,
            LISTENER,
            CRITICAL,
            "RFC 4987",
            "More than count handshakes of a listener are half-open, and more than share of those begun within interval"
                    + " are unanswered.",
            "Look at where the SYNs come from; check net.ipv4.tcp_syncookies and whether the server still accepts.",
            RuleSettings.of(Action.ALERT).withCount(100).withShare(0.5).withInterval(seconds(60))),
    REFUSED(
            8,
            LISTENER,
            WARNING,
            "RFC 9293 3.5.2",
            "count or more SYNs to one server address and port were answered by RST within interval.",
            "Start the server, or correct the address or port that the clients use; ss -ltn shows who listens.",
            RuleSettings.of(Action.ALERT).withCount(5).withInterval(seconds(60))),
    TUPLE_REUSE_COLLISION(
            9,
            CONNECTION,
            WARNING,
            "RFC 5961 4",
            "A SYN with a new initial sequence number met an end that still holds the same 4-tuple open.",
            "Close the old connection on the side that still holds it; a client that binds its source port should not.",
            RuleSettings.of(Action.ALERT).withRollUpFrom(10)),
    RESET(
            10,
            CONNECTION,
            WARNING,
            "RFC 9293 3.5.3",
            "A connection was ended by a valid RST before both ends had sent FIN.",
            "Ask the process that sent the RST: it closed with unread data, with linger 0, exited, or gave the peer up.",
            RuleSettings.of(Action.EVENT).withRollUpFrom(3)),
    ZERO_WINDOW_STALL(
            13,
            CONNECTION,
            WARNING,
            "RFC 9293 3.8.6.1",
            "An end advertises a zero window, and its peer has sent count or more probes or has data waiting as the kernel"
                    + " says, for warning.after.",
            "The process behind the zero window does not read: look at what it is doing (stack, CPU, ss -tan: Recv-Q).",
            stuck(5, 60).withCount(1)),
    RETRANSMISSION_STORM(
            14,
            CONNECTION,
            WARNING,
            "RFC 6298",
            "count or more segments of one connection were retransmitted within interval, or more than share of a"
                    + " listener's segments.",
            "On loopback nothing is lost on a wire: look for a firewall, a socket filter or a receive buffer that is full.",
            RuleSettings.of(Action.ALERT)
                    .withCount(10)
                    .withShare(0.01)
                    .withInterval(seconds(60))
                    .withRollUpFrom(10)),
    KEEPALIVE_FAILING(
            15,
            CONNECTION,
            WARNING,
            "RFC 9293 3.8.4",
            "count or more keepalive probes in a row have not been answered.",
            "Check that the peer's host and process still exist: the kernel will give the connection up soon.",
            RuleSettings.of(Action.ALERT).withCount(2).withRollUpFrom(10)),
    HALF_CLOSED_STREAMING(
            16,
            CONNECTION,
            INFO,
            "RFC 9293 3.6.1",
            "One end has closed and the other has kept sending for warning.after: legal, and sometimes forgotten.",
            "Nothing, if this is meant (a download after shutdown); else let the sender notice the end of its input.",
            RuleSettings.of(Action.EVENT).after(seconds(60)).withRollUpFrom(10)),
    CONNECTION_LEAK(
            18,
            LISTENER,
            CRITICAL,
            "RFC 9293 3.6",
            "The number of a listener's ends in CLOSE_WAIT, or of its idle established connections, has grown over count"
                    + " intervals without falling.",
            "Find the code path that does not close its connection; restart the process before its file descriptors run"
                    + " out.",
            RuleSettings.of(Action.ALERT).withCount(5).withInterval(seconds(60))),
    INVALID_SEGMENTS(
            22,
            LISTENER,
            WARNING,
            "RFC 9293 3.10.7",
            "count or more segments of a listener within interval made no sense where they came (such as SYN+FIN, or an"
                    + " RST outside the window).",
            "Look at the names counted: scanners send impossible flags, broken middleboxes send RSTs outside the window.",
            RuleSettings.of(Action.EVENT).withCount(100).withInterval(seconds(60))),
    SLOW_HANDSHAKE(
            23,
            LISTENER,
            WARNING,
            "RFC 9293 3.5",
            "The 99th percentile of a listener's handshake times within interval is above warning.after; judged from"
                    + " count handshakes on.",
            "On loopback this is CPU or queue: look at run queue, CPU throttling and the accept queue.",
            RuleSettings.of(Action.ALERT)
                    .after(Duration.ofMillis(100))
                    .withCount(20)
                    .withInterval(seconds(60))),
    CAPTURE_DEGRADED(
            25,
            HOST,
            WARNING,
            "",
            "More than share of the segments of interval were lost before anybody could judge them: dropped by kernel or"
                    + " interface, shed, lost on the way, or acknowledged and never seen.",
            "Give the agent a larger buffer or more CPU, or let it capture less (coalesce, exclude ports).",
            RuleSettings.of(Action.ALERT).withShare(0.001).withInterval(seconds(30))),
    AGENT_SILENT(
            26,
            HOST,
            CRITICAL,
            "",
            "No heartbeat of the host's agent has come for count intervals, and it did not say goodbye.",
            "Check the agent (systemctl status loopscope-agent, its log) and its way to the brokers.",
            RuleSettings.of(Action.ALERT).withCount(3)),

    // What rests on the kernel's socket table. In the order of their making: names are stored by their place.
    ACCEPT_QUEUE_FULL(
            11,
            LISTENER,
            CRITICAL,
            "RFC 9293 3.9.1.1",
            "A listener's accept queue is as long as its backlog, or the kernel has counted connections that it dropped for"
                    + " that (ListenOverflows); over when neither was so for interval.",
            "Find out why the server does not call accept() in time (blocked, stopped, too few threads), or raise backlog"
                    + " and net.core.somaxconn.",
            RuleSettings.of(Action.ALERT).withInterval(seconds(10))),
    NEVER_ACCEPTED(
            12,
            CONNECTION,
            WARNING,
            "RFC 9293 3.9.1.1",
            "A connection is established and for warning.after no process has accepted it.",
            "Look at the listening process: it is stopped, blocked or does not call accept(); ss -ltnp shows it.",
            stuck(5, 60)),
    TIME_WAIT_PRESSURE(
            17,
            LISTENER,
            WARNING,
            "RFC 9293 3.6.1",
            "More than share of the ports that the kernel gives to clients are in TIME_WAIT towards one server address and"
                    + " port; looked at once per interval.",
            "Reuse connections (keep-alive, a pool), or let the server close first; widening"
                    + " net.ipv4.ip_local_port_range wins time only.",
            RuleSettings.of(Action.ALERT).withShare(0.8).withInterval(seconds(10))),
    SERVER_NOT_READING(
            19,
            CONNECTION,
            WARNING,
            "RFC 9293 3.8.6",
            "The octets that a server has received and not read have grown count times in the socket table, and never"
                    + " become fewer in between.",
            "Look at what the process is doing (stack, CPU, locks): it has stopped to read from its socket.",
            RuleSettings.of(Action.ALERT).withCount(3).withRollUpFrom(10)),
    IDLE_ESTABLISHED(
            20,
            CONNECTION,
            INFO,
            "RFC 9293 3.8.4",
            "Nothing has been sent on an established connection for warning.after. Off unless switched on for a port: pools"
                    + " are idle on purpose.",
            "Close what is not needed, or use keepalives so that a peer that is gone shows.",
            RuleSettings.of(Action.OFF).after(Duration.ofHours(1)).withRollUpFrom(10)),
    LISTENER_GONE(
            21,
            LISTENER,
            INFO,
            "RFC 9293 3.9.1.1",
            "Nobody listens any more, or another socket than before, at two polls of the socket table, and connections of"
                    + " the listener before live on; looked at once per interval.",
            "Nothing after a planned restart; else find out why the server has closed its listening socket.",
            RuleSettings.of(Action.EVENT).withInterval(seconds(10))),
    STATE_DIVERGENCE(
            24,
            CONNECTION,
            INFO,
            "RFC 9293 3.3.2",
            "Segments and socket table have said different states of one end at two polls, with no segment in between.",
            "Look for segments that the capture did not see (drops, another interface, offloading), and tell us if there"
                    + " are none.",
            RuleSettings.of(Action.EVENT).withRollUpFrom(10)),
    CLIENT_NOT_READING(
            27,
            CONNECTION,
            WARNING,
            "RFC 9293 3.8.6",
            "The octets that a client has received and not read have grown count times in the socket table, and never"
                    + " become fewer in between.",
            "Look at what the process is doing (stack, CPU, locks): it has stopped to read from its socket.",
            RuleSettings.of(Action.ALERT).withCount(3).withRollUpFrom(10));

    private final int number;
    private final AnomalyScope scope;
    private final Severity severity;
    private final String rfcSection;
    private final String rule;
    private final String advice;
    // A record of immutable values; the checker only knows annotated ones.
    @SuppressWarnings("ImmutableEnumChecker")
    private final RuleSettings defaults;

    AnomalyName(
            int number,
            AnomalyScope scope,
            Severity severity,
            String rfcSection,
            String rule,
            String advice,
            RuleSettings defaults) {
        this.number = number;
        this.scope = scope;
        this.severity = severity;
        this.rfcSection = rfcSection;
        this.rule = rule;
        this.advice = advice;
        this.defaults = defaults;
    }

    /** Number in the catalogue; stable. */
    public int number() {
        return number;
    }

    /** What a single anomaly of this name is about; a rolled-up one is always about a listener. */
    public AnomalyScope scope() {
        return scope;
    }

    /** Severity when it is opened. */
    public Severity severity() {
        return severity;
    }

    /** Section it rests on, empty when none. */
    public String rfcSection() {
        return rfcSection;
    }

    /** One sentence: when it is raised. Names settings by the last part of their name, without the unit. */
    public String rule() {
        return rule;
    }

    /** One sentence: what to do next. */
    public String advice() {
        return advice;
    }

    /** Default thresholds; its non-null parts are the settings that the rule has. */
    public RuleSettings defaults() {
        return defaults;
    }

    /** Runbook page, from the root of the repository. */
    public String runbook() {
        return "docs/operating/" + name() + ".md";
    }

    /** First part of the names of its settings: {@code detector.close.wait.stuck}. */
    public String settingPrefix() {
        return "detector." + name().toLowerCase(Locale.ROOT).replace('_', '.');
    }

    private static RuleSettings stuck(long warningSeconds, long criticalSeconds) {
        return RuleSettings.of(Action.ALERT)
                .after(seconds(warningSeconds), seconds(criticalSeconds))
                .withRollUpFrom(10);
    }

    private static Duration seconds(long seconds) {
        return Duration.ofSeconds(seconds);
    }
}
