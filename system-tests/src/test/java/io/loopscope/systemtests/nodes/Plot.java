package io.loopscope.systemtests.nodes;

import static io.loopscope.agent.parse.TcpFlags.ACK;
import static io.loopscope.agent.parse.TcpFlags.FIN;
import static io.loopscope.agent.parse.TcpFlags.PSH;
import static io.loopscope.agent.parse.TcpFlags.RST;
import static io.loopscope.agent.parse.TcpFlags.SYN;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import java.util.function.Consumer;

/** What may become of a connection. Durations are chosen so that the rules' defaults find what there is to find. */
enum Plot {
    SHORT(talk -> talk.open().exchange().client(FIN | ACK).server(FIN | ACK).client(ACK)),
    SERVER_CLOSES(talk -> talk.open()
            .exchange()
            .within(ofSeconds(5))
            .exchange()
            .server(FIN | ACK)
            .after(ofMillis(40))
            .client(ACK)
            .within(ofSeconds(3))
            .client(FIN | ACK)
            .server(ACK)),
    STAYS_OPEN(talk -> talk.open()
            .exchange()
            .within(ofSeconds(60))
            .exchange()
            .within(ofSeconds(60))
            .exchange()),
    SEEN_FROM_THE_MIDDLE(talk -> talk.exchange()
            .within(ofSeconds(9))
            .exchange()
            .client(FIN | ACK)
            .server(FIN | ACK)
            .client(ACK)),
    LEAKS(talk -> talk.open().exchange().client(FIN | ACK).after(ofMillis(41)).server(ACK)),
    LEAKS_FOR_A_WHILE(talk -> talk.open()
            .exchange()
            .client(FIN | ACK)
            .after(ofMillis(41))
            .server(ACK)
            .after(ofSeconds(62))
            .within(ofSeconds(120))
            .server(FIN | ACK)
            .client(ACK)),
    STREAMS_HALF_CLOSED(talk -> {
        talk.open().client(FIN | ACK).server(ACK);
        for (int i = 0; i < 12; i++) {
            talk.after(ofSeconds(7)).server(PSH | ACK, 1_000).client(ACK);
        }
        talk.server(FIN | ACK).client(ACK);
    }),
    REFUSED(talk -> talk.client(SYN).server(RST | ACK)),
    UNANSWERED(talk -> talk.client(SYN).again(ofSeconds(1)).again(ofSeconds(2)).again(ofSeconds(4))),
    NEVER_COMPLETED(talk -> talk.client(SYN)
            .server(SYN | ACK)
            .again(ofSeconds(1))
            .again(ofSeconds(2))
            .again(ofSeconds(4))),
    RESET(talk -> talk.open().exchange().within(ofSeconds(2)).server(RST | ACK)),
    PEER_HAS_GONE(talk -> talk.open()
            .exchange()
            .client(PSH | ACK, 100)
            .again(ofMillis(210))
            .again(ofMillis(420))
            .again(ofMillis(840))
            .again(ofMillis(1_700))),
    PEER_RESTARTED(talk ->
            talk.open().exchange().within(ofSeconds(30)).client(PSH | ACK, 100).server(RST)),
    STALLS(talk -> {
        talk.open().client(PSH | ACK, 300).serverWindow(0).server(ACK);
        for (int i = 0; i < 4; i++) {
            talk.after(ofSeconds(4)).clientProbes().server(ACK);
        }
        talk.serverWindow(512)
                .server(ACK)
                .exchange()
                .client(FIN | ACK)
                .server(FIN | ACK)
                .client(ACK);
    }),
    REPEATS_ITSELF(talk -> {
        talk.open();
        for (int i = 0; i < 12; i++) {
            talk.client(PSH | ACK, 50).again(ofMillis(220)).server(ACK);
        }
    }),
    USES_ITS_PORTS_AGAIN(talk -> {
        SHORT.play(talk);
        SERVER_CLOSES.play(talk.within(ofSeconds(40)).anew());
    }),
    COLLIDES(talk -> {
        LEAKS.play(talk);
        talk.after(ofSeconds(20)).clientAnew().client(SYN).server(ACK).client(RST);
        SHORT.play(talk.after(ofSeconds(1)).anew());
    }),
    GETS_NO_ANSWER_TO_KEEPALIVES(talk -> {
        talk.open().exchange();
        for (int i = 0; i < 4; i++) {
            talk.after(ofSeconds(15)).clientProbes();
        }
    }),
    MAKES_NO_SENSE(
            talk -> talk.client(SYN | FIN).open().client(0).client(SYN | RST).exchange());

    @SuppressWarnings("ImmutableEnumChecker") // Functions of their argument.
    private final Consumer<Conversation> story;

    Plot(Consumer<Conversation> story) {
        this.story = story;
    }

    void play(Conversation talk) {
        story.accept(talk);
    }
}
