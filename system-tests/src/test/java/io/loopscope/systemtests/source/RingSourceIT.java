package io.loopscope.systemtests.source;

import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.LiveCapture;
import io.loopscope.agent.source.PacketSource;
import io.loopscope.agent.source.RingSource;

/** The contract, for the ring. */
class RingSourceIT extends LiveSourceContract {

    @Override
    PacketSource open(LiveCapture settings) throws CaptureException {
        return RingSource.open(settings);
    }
}
