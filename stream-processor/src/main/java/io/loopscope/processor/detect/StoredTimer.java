package io.loopscope.processor.detect;

import io.loopscope.processor.detect.TimerQueue.Clock;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** How an armed timer is stored: its clock, its duration and its key. */
final class StoredTimer {

    private static final int NOT_ARMED = 0xFF;
    private static final Clock[] CLOCKS = Clock.values();

    private StoredTimer() {}

    static void write(Timer timer, DataOutput output) throws IOException {
        TimerQueue queue = timer.queue;
        output.writeLong(timer.key);
        if (queue == null) {
            output.writeByte(NOT_ARMED);
            return;
        }
        StoredEnum.write(queue.clock(), output);
        output.writeLong(queue.deadline(0));
    }

    static void read(Timer timer, Timers timers, DataInput input) throws IOException {
        timer.key = input.readLong();
        int clock = input.readUnsignedByte();
        if (clock == NOT_ARMED) {
            return;
        }
        if (clock >= CLOCKS.length) {
            throw new IOException("stored by a later version: no clock number " + clock);
        }
        TimerQueue queue = timers.queue(CLOCKS[clock], input.readLong());
        timers.arm(timer, queue, timer.key);
    }
}
