package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Address;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Options;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpFlags;
import java.util.Random;
import java.util.function.LongFunction;

/**
 * Segments that make some sense: a few ports, ends that mostly follow the protocol, and now and then repeat, leave out,
 * abort, fall silent or send nonsense.
 */
final class RandomTraffic {

    private static final Address[] ADDRESSES = {
        Address.LOOPBACK_4, Address.of(new byte[] {127, 0, 0, 2}), Address.LOOPBACK_6
    };
    private static final int[] SERVER_PORTS = {80, 13306, 40_005};
    private static final int CLIENTS = 12;
    private static final long MILLISECOND = 1_000_000;

    /** Time, or a segment of a connection; the segment is made when its time is known. */
    record Event(long afterNanos, FourTuple tuple, LongFunction<Segment> segment) {}

    private final Random random;
    private final Conversation[] conversations = new Conversation[CLIENTS * SERVER_PORTS.length];

    RandomTraffic(long seed) {
        random = new Random(seed);
        for (int i = 0; i < conversations.length; i++) {
            Address address = ADDRESSES[i % ADDRESSES.length];
            int server = SERVER_PORTS[i % SERVER_PORTS.length];
            conversations[i] = new Conversation(address, 40_000 + i, server);
        }
    }

    Event next() {
        long after = pause();
        if (random.nextInt(20) == 0) {
            return new Event(after, null, null);
        }
        Conversation conversation = conversations[random.nextInt(conversations.length)];
        return new Event(after, conversation.tuple, conversation.next());
    }

    /** A RST that is sure to be accepted as it comes with a connection's own numbers. */
    LongFunction<Segment> reset(FourTuple tuple) {
        for (Conversation conversation : conversations) {
            if (conversation.tuple.equals(tuple)) {
                return conversation.segment(true, TcpFlags.RST | TcpFlags.ACK, 0);
            }
        }
        throw new IllegalArgumentException("none of ours: " + tuple);
    }

    private long pause() {
        return switch (random.nextInt(40)) {
            case 0 -> (1 + random.nextInt(90_000)) * MILLISECOND;
            case 1, 2, 3 -> (1 + random.nextInt(2_000)) * MILLISECOND;
            case 4 -> 0;
            default -> (1 + random.nextInt(20)) * MILLISECOND;
        };
    }

    private final class Conversation {
        private final FourTuple tuple;
        private final Side client;
        private int stage;
        private int clientNext;
        private int serverNext;
        private LongFunction<Segment> last;

        Conversation(Address address, int clientPort, int serverPort) {
            tuple = FourTuple.of(0, address, clientPort, address, serverPort);
            client = FourTuple.side(address, clientPort, address, serverPort);
        }

        LongFunction<Segment> next() {
            LongFunction<Segment> made = make();
            last = made;
            return made;
        }

        private LongFunction<Segment> make() {
            int oddity = random.nextInt(60);
            if (oddity < 6 && last != null) {
                return last;
            }
            if (oddity == 6) {
                return segment(random.nextBoolean(), random.nextInt(64), random.nextInt(50));
            }
            if (oddity == 7) {
                stage = 0;
                return segment(random.nextBoolean(), TcpFlags.RST | (random.nextBoolean() ? TcpFlags.ACK : 0), 0);
            }
            if (oddity == 8) {
                clientNext += 1000; // as if the capture had missed something
            }
            return orderly();
        }

        private LongFunction<Segment> orderly() {
            return switch (stage) {
                case 0 -> {
                    clientNext = random.nextInt();
                    serverNext = random.nextInt();
                    stage = random.nextInt(8) == 0 ? 10 : 1;
                    LongFunction<Segment> syn = segment(true, TcpFlags.SYN, 0);
                    clientNext++;
                    yield syn;
                }
                case 1 -> {
                    stage = 2;
                    LongFunction<Segment> synAck = segment(false, TcpFlags.SYN | TcpFlags.ACK, 0);
                    serverNext++;
                    yield synAck;
                }
                case 2 -> {
                    stage = 3;
                    yield segment(true, TcpFlags.ACK, 0);
                }
                case 3 -> talk();
                case 4 -> {
                    stage = 5;
                    yield segment(false, TcpFlags.ACK, 0);
                }
                case 5 -> halfClosed();
                case 6 -> {
                    stage = 0;
                    yield segment(true, TcpFlags.ACK, 0);
                }
                default -> {
                    stage = 0;
                    yield segment(false, TcpFlags.RST | TcpFlags.ACK, 0);
                }
            };
        }

        private LongFunction<Segment> talk() {
            int what = random.nextInt(12);
            if (what == 0) {
                stage = 4;
                LongFunction<Segment> fin = segment(true, TcpFlags.FIN | TcpFlags.ACK, 0);
                clientNext++;
                return fin;
            }
            if (what == 1) {
                clientNext--;
                LongFunction<Segment> keepalive = segment(true, TcpFlags.ACK, 0);
                clientNext++;
                return keepalive;
            }
            boolean byClient = random.nextBoolean();
            int octets = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(500);
            return talk(byClient, octets);
        }

        private LongFunction<Segment> talk(boolean byClient, int octets) {
            LongFunction<Segment> data = segment(byClient, TcpFlags.ACK, octets);
            if (byClient) {
                clientNext += octets;
            } else {
                serverNext += octets;
            }
            return data;
        }

        private LongFunction<Segment> halfClosed() {
            int what = random.nextInt(6);
            if (what == 0) {
                stage = 6;
                LongFunction<Segment> fin = segment(false, TcpFlags.FIN | TcpFlags.ACK, 0);
                serverNext++;
                return fin;
            }
            return what < 3 ? talk(false, 10) : segment(true, TcpFlags.ACK, 0);
        }

        private LongFunction<Segment> segment(boolean byClient, int flags, int octets) {
            Side sender = byClient ? client : client.peer();
            int sequence = byClient ? clientNext : serverNext;
            int acknowledgment = byClient ? serverNext : clientNext;
            int window = random.nextInt(15) == 0 ? 0 : 5000;
            return at ->
                    new Segment(sender, at, flags, sequence, acknowledgment, window, octets, 0, Options.NONE, null);
        }
    }
}
