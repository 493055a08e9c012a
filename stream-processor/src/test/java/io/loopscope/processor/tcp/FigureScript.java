package io.loopscope.processor.tcp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A packet script in the notation of the RFC's own figures. One line is one segment, with both ends' states after it:
 *
 * <pre>
 * # comment
 * [+seconds] LEFT-STATE --&gt; &lt;SEQ=100&gt;&lt;ACK=300&gt;&lt;CTL=FIN,ACK&gt; --&gt; RIGHT-STATE   [| expectation, …]
 * [+seconds] LEFT-STATE &lt;-- &lt;SEQ=300&gt;&lt;ACK=101&gt;&lt;CTL=ACK&gt;     &lt;-- RIGHT-STATE
 * [+seconds] LEFT-STATE ~~~ RIGHT-STATE                            time passes
 * </pre>
 *
 * Elements: SEQ, ACK, CTL (names with commas; empty for no bit), LEN (octets of text), WND (default 65535), MSS, WSOPT
 * (shift count), SACK, TSVAL and TSECR, URP. An arrow may be {@code ...} as in the RFC. Without {@code +seconds} a line
 * comes a millisecond after the one before.
 *
 * <p>What follows {@code |} is left to who plays the script.
 */
public final class FigureScript {

    /** When scripts begin: any time will do, but it must not be 0. */
    public static final long START_NANOS = 1_700_000_000_000_000_000L;

    private static final long MILLISECOND = 1_000_000;
    private static final Pattern ELEMENT = Pattern.compile("<([A-Z]+)(?:=([^>]*))?>");
    private static final Pattern SEGMENT_LINE = Pattern.compile(
            "(?:\\+(\\S+)\\s+)?([A-Z0-9-]+)\\s+(-->|<--|\\.\\.\\.)\\s+((?:<[^>]*>)+)\\s+(-->|<--|\\.\\.\\.)\\s+([A-Z0-9-]+)");
    private static final Pattern SILENT_LINE = Pattern.compile("(?:\\+(\\S+)\\s+)?([A-Z0-9-]+)\\s+~~~\\s+([A-Z0-9-]+)");

    /**
     * One line of a script.
     *
     * @param number from 1
     * @param source as written
     * @param atNanos event time
     * @param fromLeft the left end sends; meaningless when time passes only
     * @param fields the elements of the segment; empty when time passes only
     * @param expectations what stands after {@code |}
     */
    public record Line(
            int number,
            String source,
            long atNanos,
            boolean fromLeft,
            Map<String, String> fields,
            TcpState left,
            TcpState right,
            List<String> expectations) {

        /** Time passes, no segment comes. */
        public boolean silent() {
            return fields.isEmpty();
        }

        /** The segment, sent by that side, with all sequence numbers moved on by {@code shift}. */
        public Segment segment(Side sender, int shift) {
            int flags = flags(fields.getOrDefault("CTL", ""));
            boolean ack = (flags & TcpFlags.ACK) != 0;
            return new Segment(
                    sender,
                    atNanos,
                    flags,
                    number("SEQ", 0) + shift,
                    ack ? number("ACK", 0) + shift : 0,
                    number("WND", 65535),
                    number("LEN", 0),
                    number("URP", 0),
                    options(),
                    null);
        }

        private Options options() {
            return new Options(
                    number("MSS", Options.ABSENT),
                    number("WSOPT", Options.ABSENT),
                    fields.containsKey("SACK"),
                    fields.containsKey("TSVAL"),
                    number("TSVAL", 0),
                    number("TSECR", 0));
        }

        private int number(String name, int otherwise) {
            String value = fields.get(name);
            return value == null ? otherwise : (int) Long.parseLong(value);
        }

        private static int flags(String names) {
            int flags = 0;
            for (String name : names.split(",")) {
                flags |= switch (name.strip()) {
                    case "SYN" -> TcpFlags.SYN;
                    case "ACK" -> TcpFlags.ACK;
                    case "FIN" -> TcpFlags.FIN;
                    case "RST" -> TcpFlags.RST;
                    case "PSH" -> TcpFlags.PSH;
                    case "URG" -> TcpFlags.URG;
                    case "" -> 0;
                    default -> throw new IllegalArgumentException("no control bit " + name);
                };
            }
            return flags;
        }
    }

    private FigureScript() {}

    /** Reads a script; lines that cannot be read are refused with their number. */
    public static List<Line> parse(String script) {
        List<Line> lines = new ArrayList<>();
        long at = START_NANOS;
        int number = 0;
        for (String source : script.lines().toList()) {
            number++;
            String text = source.replaceFirst("#.*", "").strip();
            if (!text.isEmpty()) {
                Line line = line(number, text, at);
                at = line.atNanos();
                lines.add(line);
            }
        }
        return lines;
    }

    private static Line line(int number, String text, long before) {
        String[] halves = text.split("\\|", 2);
        List<String> expectations = halves.length == 1
                ? List.of()
                : Arrays.stream(halves[1].split(",")).map(String::strip).toList();
        Matcher segment = SEGMENT_LINE.matcher(halves[0].strip());
        if (segment.matches()) {
            boolean fromLeft =
                    segment.group(3).equals("-->") || segment.group(5).equals("-->");
            return new Line(
                    number,
                    text,
                    before + nanos(segment.group(1)),
                    fromLeft,
                    fields(segment.group(4)),
                    state(segment.group(2)),
                    state(segment.group(6)),
                    expectations);
        }
        Matcher silent = SILENT_LINE.matcher(halves[0].strip());
        if (silent.matches()) {
            return new Line(
                    number,
                    text,
                    before + nanos(silent.group(1)),
                    false,
                    Map.of(),
                    state(silent.group(2)),
                    state(silent.group(3)),
                    expectations);
        }
        throw new IllegalArgumentException("line " + number + " is not of a figure: " + text);
    }

    private static long nanos(String seconds) {
        return seconds == null ? MILLISECOND : Math.round(Double.parseDouble(seconds) * 1e9);
    }

    private static Map<String, String> fields(String elements) {
        Map<String, String> fields = new TreeMap<>();
        Matcher element = ELEMENT.matcher(elements);
        while (element.find()) {
            fields.put(element.group(1), element.group(2) == null ? "" : element.group(2));
        }
        return fields;
    }

    private static TcpState state(String spelling) {
        return TcpState.valueOf(spelling.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
