package io.loopscope.standalone.up;

import io.loopscope.standalone.demo.Demo;
import java.io.IOException;

/** The demo's story between the events that it leads to; events of other connections would drown it. */
final class Story implements Demo.Listener {
    private final Screen screen;
    private final Feed feed;
    private final Runnable failed;

    /** @param failed called when nothing can be shown any more */
    Story(Screen screen, Feed feed, Runnable failed) {
        this.screen = screen;
        this.feed = feed;
        this.failed = failed;
    }

    @Override
    public void port(int port) {
        feed.showOnly(port);
    }

    @Override
    public void sentence(String sentence) {
        try {
            screen.tell(screen.palette().cyan("demo: " + sentence));
        } catch (IOException e) {
            failed.run();
        }
    }

    @Override
    public void end() {
        sentence("that was it; whatever else happens here is shown until Ctrl-C");
        feed.showOnly(0);
    }
}
