package io.loopscope.standalone.up;

import io.loopscope.agent.Agent;
import io.loopscope.agent.AgentSettings;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The agent, and at the very end a sentence about what it has seen and what it has lost. */
final class Capture {
    private final Screen screen;
    private @Nullable Agent agent;

    Capture(Screen screen) {
        this.screen = screen;
    }

    /** Starts it. */
    Agent start(AgentSettings settings) {
        var started = Agent.capture(settings);
        agent = started;
        started.start();
        return started;
    }

    /** Says it, if it was started. To be called when everything behind it has stopped too. */
    void summarize() throws IOException {
        if (agent == null) {
            return;
        }
        var s = agent.statistics().toRecord();
        long lost = s.getKernelDropped()
                + s.getInterfaceDropped()
                + s.getQueueDropped()
                + s.getShed()
                + s.getPublishFailed()
                + s.getMalformed();
        screen.tell("Captured %d packets: %d published, %d of Loopscope's own left out, %d lost or unreadable."
                .formatted(s.getSeen(), s.getPublished(), s.getExcludedOwn(), lost));
    }
}
