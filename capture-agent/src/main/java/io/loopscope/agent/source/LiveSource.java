package io.loopscope.agent.source;

import com.sun.jna.Platform;
import io.loopscope.agent.source.CaptureException.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens live captures by the method that is set. */
public final class LiveSource {
    private static final Logger LOG = LoggerFactory.getLogger(LiveSource.class);

    private LiveSource() {}

    /**
     * Begins to capture.
     *
     * @param settings what and how
     * @return a source that sees every packet from now on
     * @throws CaptureException if that is not possible, with the reason and what to do
     */
    public static PacketSource open(LiveCapture settings) throws CaptureException {
        return switch (settings.method()) {
            case RING -> RingSource.open(settings);
            case LIBPCAP -> Pcap4jSource.open(settings);
            case AUTO -> Platform.isLinux() ? ringIfPossible(settings) : Pcap4jSource.open(settings);
        };
    }

    /** Only what libpcap may do better is a reason to try it: a missing permission is missing there, too. */
    private static PacketSource ringIfPossible(LiveCapture settings) throws CaptureException {
        try {
            return RingSource.open(settings);
        } catch (CaptureException e) {
            if (e.reason() != Reason.RING_UNAVAILABLE) {
                throw e;
            }
            LOG.info("Capturing through libpcap, which costs more: {}", e.getMessage());
            return Pcap4jSource.open(settings);
        }
    }
}
