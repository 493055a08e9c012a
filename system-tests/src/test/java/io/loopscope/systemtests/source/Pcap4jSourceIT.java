package io.loopscope.systemtests.source;

import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.LiveCapture;
import io.loopscope.agent.source.PacketSource;
import io.loopscope.agent.source.Pcap4jSource;

/** The contract, for libpcap. */
class Pcap4jSourceIT extends LiveSourceContract {

    @Override
    PacketSource open(LiveCapture settings) throws CaptureException {
        return Pcap4jSource.open(settings);
    }
}
