package io.loopscope.agent.doctor;

import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.CaptureLibrary;

/** Which Java runs this, and whether it can call native libraries: all that comes after needs that. */
final class JavaCheck implements Check {
    @Override
    public Finding look() {
        try {
            return Finding.ok(
                    Subject.JAVA,
                    "Java %s in %s; %s"
                            .formatted(
                                    Runtime.version(), System.getProperty("java.home"), CaptureLibrary.nativeCalls()));
        } catch (CaptureException e) {
            return Finding.failed(Subject.JAVA, e);
        }
    }
}
