package io.loopscope.processor.tcp.simulation;

import io.loopscope.processor.tcp.Options;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpSettings;
import io.loopscope.processor.tcp.TcpState;
import io.loopscope.processor.tcp.simulation.Trace.Quiet;
import io.loopscope.processor.tcp.simulation.Trace.Sent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Writes a run as a figure script, up to the moment when the core was wrong: ready to become a test. The left end is the
 * one with the higher port. States are the core's own; in the last line the true one stands where that differs, so the
 * script fails as long as the core is wrong.
 */
final class FigureWriter {

    private final Violation violation;
    private final Observation core;
    private final List<String> lines = new ArrayList<>();
    private long last;

    private FigureWriter(Violation violation, Fault fault) {
        this.violation = violation;
        this.core = new Observation(TcpSettings.OFFLINE, fault);
    }

    static String write(Trace trace, Capture capture, Violation violation, Fault fault) {
        var writer = new FigureWriter(violation, fault);
        long until = violation.atNanos();
        for (Trace.Event event : trace.events()) {
            if (event instanceof Sent sent && sent.at() <= until) {
                writer.segment(sent, capture.sees(sent));
            } else if (event instanceof Quiet quiet && quiet.from() <= until && writer.last != 0) {
                writer.time(Math.min(quiet.to(), until));
            }
        }
        return String.join("\n", writer.lines);
    }

    private void segment(Sent sent, boolean captured) {
        String arrow = sent.packet().sender() == Side.HIGH ? "-->" : "<--";
        if (!captured) {
            lines.add("# not captured: " + arrow + " " + sent.packet());
            return;
        }
        core.apply(sent.segment());
        String segment = arrow + " " + elements(sent.packet()) + " " + arrow;
        line(sent.at(), segment, sent.lost() ? " # lost" : sent.mistreated() ? " # late or doubled" : "");
    }

    private void time(long at) {
        core.at(at);
        line(at, "~~~", "");
    }

    private void line(long at, String happens, String remark) {
        lines.add("%s %-12s %s %s%s".formatted(pause(at), state(Side.HIGH, at), happens, state(Side.LOW, at), remark));
    }

    private TcpState state(Side side, long at) {
        TcpState said = core.state(side);
        return at == violation.atNanos() ? violation.instead().getOrDefault(side, said) : said;
    }

    private String pause(long at) {
        long nanos = last == 0 ? 0 : at - last;
        last = at;
        return String.format(Locale.ROOT, "+%.9f", nanos / 1e9);
    }

    private static String elements(Packet packet) {
        Options options = packet.options();
        var text = new StringBuilder("<SEQ=" + Integer.toUnsignedString(packet.seq()) + ">");
        if (packet.hasAck()) {
            text.append("<ACK=").append(Integer.toUnsignedString(packet.ack())).append('>');
        }
        text.append("<CTL=").append(controls(packet)).append('>');
        text.append(packet.octets() > 0 ? "<LEN=" + packet.octets() + ">" : "");
        text.append("<WND=").append(packet.window()).append('>');
        if (packet.syn()) {
            text.append("<MSS=").append(options.maximumSegmentSize()).append('>');
            text.append(options.windowScale() >= 0 ? "<WSOPT=" + options.windowScale() + ">" : "");
        }
        if (options.timestamps()) {
            text.append("<TSVAL=").append(Integer.toUnsignedString(options.timestampValue()));
            text.append("><TSECR=")
                    .append(Integer.toUnsignedString(options.timestampEcho()))
                    .append('>');
        }
        return text.toString();
    }

    private static String controls(Packet packet) {
        List<String> names = new ArrayList<>();
        if (packet.syn()) {
            names.add("SYN");
        }
        if (packet.fin()) {
            names.add("FIN");
        }
        if (packet.rst()) {
            names.add("RST");
        }
        if (packet.hasAck()) {
            names.add("ACK");
        }
        return String.join(",", names);
    }
}
