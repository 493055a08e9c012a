package io.loopscope.agent.source;

import java.util.List;

/** One format of capture file. */
sealed interface CaptureFormat permits PcapFormat, PcapngFormat {
    /** No snapshot is longer; what claims to be is damage. Well above the 262,144 of libpcap. */
    int LONGEST_PACKET = 16 * 1024 * 1024;

    /** Moves to the next packet; false when the file is over. */
    boolean next(Packet packet) throws CaptureException;

    /** Packets that the writer noted as dropped by its kernel. */
    long kernelDropped();

    /** Packets that the writer noted as dropped by the interface. */
    long interfaceDropped();

    /** Names of the interfaces known so far; empty when the format has none. */
    List<String> interfaces();
}
