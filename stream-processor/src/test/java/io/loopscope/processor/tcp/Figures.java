package io.loopscope.processor.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Plays figure scripts against a {@link Connection}. The left end is the one with the higher port, a client's.
 *
 * <p>Every script is played plainly; with the ends swapped; with every segment applied twice; with the state written and
 * read back before every line; and with its sequence numbers moved across 2³¹ and 2³². All must come out the same.
 *
 * <p>Expectations after {@code |}: names of {@link Notice notices}, {@code opened}, {@code closed REASON},
 * {@code left A B C} and {@code right A B C} for the states an end goes through on this line; {@code nothing} for no
 * notice. Without a {@code |} notices are not looked at.
 */
final class Figures {

    private static final Address LEFT = Address.of(new byte[] {127, 0, 0, 1});
    private static final Address RIGHT = Address.of(new byte[] {127, 0, 0, 2});
    private static final int CLIENT_PORT = 59994;
    private static final int SERVER_PORT = 13306;

    /** How a script is played. */
    private record Variant(String name, boolean swapped, boolean twice, boolean stored, int shift) {}

    private static final List<Variant> VARIANTS = List.of(
            new Variant("plain", false, false, false, 0),
            new Variant("ends swapped", true, false, false, 0),
            new Variant("every segment twice", false, true, false, 0),
            new Variant("stored at every line", false, false, true, 0),
            new Variant("across 2^31 near 100", false, false, false, Integer.MIN_VALUE - 100),
            new Variant("across 2^31 near 300", false, false, false, Integer.MIN_VALUE - 300),
            new Variant("across 2^32 near 100", false, false, false, -100),
            new Variant("across 2^32 near 300", true, false, true, -300));

    private final Variant variant;
    private final Side left;
    private Connection connection;
    private final List<String> told = new ArrayList<>();
    private boolean controlOnly;

    private Figures(Variant variant, boolean self) {
        this.variant = variant;
        FourTuple fourTuple;
        if (self) {
            fourTuple = FourTuple.of(1, LEFT, CLIENT_PORT, LEFT, CLIENT_PORT);
        } else if (variant.swapped) {
            fourTuple = FourTuple.of(1, RIGHT, CLIENT_PORT, LEFT, SERVER_PORT);
        } else {
            fourTuple = FourTuple.of(1, LEFT, CLIENT_PORT, RIGHT, SERVER_PORT);
        }
        this.left = self || fourTuple.lowPort() == CLIENT_PORT ? Side.LOW : Side.HIGH;
        this.connection = new Connection(fourTuple, TcpSettings.DEFAULT);
    }

    /** Plays the script in all variants. The result is the one of the plain play. */
    static Figures play(String script) {
        return play(script, false, false);
    }

    /** The same where only segments with SYN, FIN, RST or a window of 0 are captured. */
    static Figures playControl(String script) {
        return play(script, false, true);
    }

    /** The same on a connection of a socket to itself: both columns show the one endpoint. */
    static Figures playWithItself(String script) {
        return play(script, true, false);
    }

    private static Figures play(String script, boolean self, boolean controlOnly) {
        Figures plain = null;
        for (Variant variant : VARIANTS) {
            Figures figures = new Figures(variant, self);
            figures.controlOnly = controlOnly;
            FigureScript.parse(script).forEach(figures::play);
            if (plain == null) {
                plain = figures;
            }
            figures.assertSummaryEquals(plain);
        }
        return plain;
    }

    Connection connection() {
        return connection;
    }

    Endpoint left() {
        return connection.endpoint(left);
    }

    Endpoint right() {
        return connection.endpoint(left.peer());
    }

    Side leftSide() {
        return left;
    }

    private void play(FigureScript.Line line) {
        if (variant.stored) {
            connection = stored(connection);
        }
        told.clear();
        if (connection.incarnations() == 0) {
            connection.captureControlOnly(controlOnly);
        }
        if (line.silent()) {
            connection.at(line.atNanos(), new Recorder());
        } else {
            boolean self = connection.fourTuple().selfConnected();
            Segment segment = line.segment(line.fromLeft() || self ? left : left.peer(), variant.shift);
            connection.apply(segment, new Recorder());
            if (variant.twice) {
                List<String> once = List.copyOf(told);
                connection.apply(segment, new Recorder());
                assertThat(told.subList(once.size(), told.size()))
                        .as("second time, %s", line.source())
                        .containsExactly(Notice.REDELIVERED.name());
                told.remove(told.size() - 1);
            }
        }
        check(line);
    }

    private void check(FigureScript.Line line) {
        assertThat(left().state() + " | " + right().state())
                .as("%s, line %d: %s; told %s", variant.name, line.number(), line.source(), told)
                .isEqualTo(line.left() + " | " + line.right());
        if (line.expectations().isEmpty()) {
            return;
        }
        List<String> notices = told.stream().filter(Figures::isNotice).toList();
        List<String> expectedNotices =
                line.expectations().stream().filter(Figures::isNotice).toList();
        assertThat(notices)
                .as("%s, line %d: %s; told %s", variant.name, line.number(), line.source(), told)
                .containsExactlyElementsOf(expectedNotices);
        for (String expectation : line.expectations()) {
            if (!isNotice(expectation) && !expectation.equals("nothing")) {
                assertThat(facts())
                        .as("%s, line %d: %s", variant.name, line.number(), line.source())
                        .contains(expectation);
            }
        }
    }

    /** A word in capitals with underscores: neither a sentence nor {@code nothing}. */
    private static boolean isNotice(String word) {
        return word.equals(word.toUpperCase(java.util.Locale.ROOT)) && !word.contains(" ");
    }

    /** What was told of this line besides notices: opened, closed, and the states each end went through. */
    private List<String> facts() {
        List<String> facts = new ArrayList<>();
        for (String end : List.of("left", "right")) {
            StringBuilder path = new StringBuilder();
            for (String fact : told) {
                if (fact.startsWith(end)) {
                    String[] words = fact.split(" ");
                    path.append(path.isEmpty() ? words[1] + " " + words[2] : " " + words[2]);
                }
            }
            if (!path.isEmpty()) {
                facts.add(end + " " + path);
            }
        }
        told.stream()
                .filter(fact -> fact.startsWith("opened") || fact.startsWith("closed"))
                .forEach(facts::add);
        return facts;
    }

    private void assertSummaryEquals(Figures plain) {
        assertThat(summary()).as(variant.name).isEqualTo(plain.summary());
    }

    /** All that does not depend on the variant. */
    private String summary() {
        return String.join(
                "\n",
                summary(left()),
                summary(right()),
                connection.history() + " " + connection.connState() + " " + connection.initiator(),
                "client left " + (connection.client() == left) + " reason " + connection.closeReason() + " reset "
                        + connection.resetCause() + " handshake " + connection.handshakeNanos(),
                "incarnations " + connection.incarnations() + " from " + connection.startedNanos());
    }

    private static String summary(Endpoint end) {
        return String.join(
                " ",
                end.state() + " since " + end.sinceNanos() + " last " + end.lastSegmentNanos(),
                "data " + end.lastDataNanos() + " " + end.segments() + "/" + end.octets() + "/" + end.uniqueOctets(),
                "retransmitted " + end.retransmissions() + " early " + end.outOfOrder(),
                "control " + end.syns() + " " + end.synAcks() + " " + end.fins() + " " + end.resets(),
                "missed " + end.gaps() + "/" + end.missedOctets() + " rtt " + end.roundTripNanos(),
                "unanswered " + end.unansweredKeepalives() + " " + end.unansweredRetransmissions(),
                "window " + end.window() + " zero " + end.zeroWindowSinceNanos() + " " + end.windowProbes());
    }

    static Connection stored(Connection connection) {
        var octets = new ByteArrayOutputStream();
        try {
            connection.writeTo(new DataOutputStream(octets));
            var input = new DataInputStream(new ByteArrayInputStream(octets.toByteArray()));
            Connection read = Connection.readFrom(connection.fourTuple(), connection.settings(), input);
            assertThat(input.available()).as("octets nobody read").isZero();
            return read;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Recorder implements ConnectionListener {

        private String end(Side side) {
            return side == left ? "left" : "right";
        }

        @Override
        public void opened(Connection of, long atNanos) {
            told.add("opened");
        }

        @Override
        public void stateChanged(Connection of, Side side, TcpState from, TcpState to, Signal cause, long atNanos) {
            told.add(end(side) + " " + from + " " + to + " " + cause);
        }

        @Override
        public void closed(Connection of, CloseReason reason, long atNanos) {
            told.add("closed " + reason);
        }

        @Override
        public void noticed(Connection of, Notice notice, Side side, long atNanos) {
            told.add(notice.name());
        }
    }
}
