package io.loopscope.systemtests.source;

import io.loopscope.agent.source.CaptureException;
import io.loopscope.agent.source.CaptureMethod;
import io.loopscope.agent.source.LiveCapture;
import io.loopscope.agent.source.LiveSource;
import io.loopscope.agent.source.PacketSource;
import java.time.Duration;

/** A program that opens an interface for capture and prints what comes of it, to be run without permissions. */
final class OpenForCapture {
    private OpenForCapture() {}

    public static void main(String[] arguments) {
        LiveCapture capture = new LiveCapture(arguments[0], "tcp", 128, 1024 * 1024, Duration.ofMillis(10));
        CaptureMethod method = CaptureMethod.of(arguments[1]);
        try (PacketSource source = LiveSource.open(capture.by(method))) {
            System.out.println("OPEN " + source.interfaces());
        } catch (CaptureException e) {
            System.out.println(e.reason() + " " + e.getMessage());
            System.out.println(e.remedy());
        }
    }
}
