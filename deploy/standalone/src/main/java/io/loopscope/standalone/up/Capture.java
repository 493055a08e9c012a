package io.loopscope.standalone.up;

import io.loopscope.agent.Agent;
import io.loopscope.agent.AgentSettings;
import java.io.IOException;

/** The agent, which says at its end what it has seen and what it has lost. */
final class Capture implements AutoCloseable {
    private final Agent agent;
    private final Screen screen;

    private Capture(Agent agent, Screen screen) {
        this.agent = agent;
        this.screen = screen;
    }

    static Capture start(AgentSettings settings, Screen screen) {
        var capture = new Capture(Agent.capture(settings), screen);
        capture.agent.start();
        return capture;
    }

    void awaitEnd() throws InterruptedException {
        agent.awaitEnd();
    }

    @Override
    public void close() throws IOException {
        try {
            agent.close();
        } finally {
            screen.tell(summary());
        }
    }

    private String summary() {
        var s = agent.statistics().toRecord();
        long lost = s.getKernelDropped()
                + s.getInterfaceDropped()
                + s.getQueueDropped()
                + s.getShed()
                + s.getPublishFailed()
                + s.getMalformed();
        return "Captured %d packets: %d published, %d of Loopscope's own left out, %d lost or unreadable."
                .formatted(s.getSeen(), s.getPublished(), s.getExcludedOwn(), lost);
    }
}
