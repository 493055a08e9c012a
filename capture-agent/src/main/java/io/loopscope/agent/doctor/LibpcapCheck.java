package io.loopscope.agent.doctor;

import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.CaptureLibrary;

/** Whether libpcap is there, by loading it. */
final class LibpcapCheck implements Check {
    @Override
    public Finding look() {
        try {
            return Finding.ok(Subject.LIBPCAP, CaptureLibrary.version());
        } catch (CaptureException e) {
            return Finding.failed(Subject.LIBPCAP, e);
        }
    }
}
