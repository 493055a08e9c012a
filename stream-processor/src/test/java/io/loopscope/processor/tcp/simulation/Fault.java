package io.loopscope.processor.tcp.simulation;

import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.TcpFlags;
import io.loopscope.processor.tcp.TcpSettings;
import java.time.Duration;

/** What is wrong with the core that is judged: nothing, or a mistake that is planted to show that the judge finds it. */
enum Fault {
    NONE,
    /** Takes a FIN for a plain ACK. */
    BLIND_FOR_FIN {
        @Override
        Segment see(Segment segment) {
            return without(TcpFlags.FIN, segment);
        }
    },
    /** Takes a RST for a plain ACK. */
    BLIND_FOR_RST {
        @Override
        Segment see(Segment segment) {
            return without(TcpFlags.RST, segment);
        }
    },
    /** Waits one MSL in TIME-WAIT instead of two. */
    SHORT_TIME_WAIT {
        @Override
        TcpSettings settings(TcpSettings sound) {
            Duration half = sound.timeWait().dividedBy(2);
            return new TcpSettings(half, sound.giveUp(), sound.resetDoubt(), sound.remember(), sound.redelivery());
        }
    },
    /** Applies again what is delivered again. */
    APPLIES_TWICE {
        @Override
        TcpSettings settings(TcpSettings sound) {
            return new TcpSettings(sound.timeWait(), sound.giveUp(), sound.resetDoubt(), sound.remember(), false);
        }
    };

    Segment see(Segment segment) {
        return segment;
    }

    TcpSettings settings(TcpSettings sound) {
        return sound;
    }

    private static Segment without(int flag, Segment segment) {
        int flags = segment.flags() & ~flag;
        return new Segment(
                segment.sender(),
                segment.atNanos(),
                flags,
                segment.sequence(),
                segment.acknowledgment(),
                segment.window(),
                segment.payloadOctets(),
                segment.urgentPointer(),
                segment.options(),
                segment.run());
    }
}
