package io.loopscope.processor.detect;

import io.loopscope.processor.tcp.Address;
import io.loopscope.processor.tcp.FourTuple;
import io.loopscope.processor.tcp.Side;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds connections whose addresses are rewritten on the way (NAT, REDIRECT): the two ends have different 4-tuples then,
 * each of them has one end in the table, and what one misses is what the other shows. They are whole, not half-open.
 */
final class Translations {

    private record Socket(Address address, int port) {}

    private Translations() {}

    /** Marks them among all connections of which one end is in the table. */
    static void mark(List<Tracked> round) {
        Set<Socket> present = new HashSet<>();
        Set<Socket> missing = new HashSet<>();
        for (Tracked tracked : round) {
            Side side = SocketWatch.leftAlone(tracked);
            if (side != null) {
                present.add(socket(tracked, side));
                missing.add(socket(tracked, side.peer()));
            }
        }
        for (Tracked tracked : round) {
            KernelEnds kernel = tracked.kernel;
            Side side = SocketWatch.leftAlone(tracked);
            if (kernel != null && side != null) {
                boolean translated =
                        present.contains(socket(tracked, side.peer())) || missing.contains(socket(tracked, side));
                if (translated != kernel.translated) {
                    kernel.translated = translated;
                    tracked.changed(tracked.host().out());
                }
            }
        }
    }

    private static Socket socket(Tracked tracked, Side side) {
        FourTuple tuple = tracked.tuple();
        return new Socket(tuple.address(side), tuple.port(side));
    }
}
