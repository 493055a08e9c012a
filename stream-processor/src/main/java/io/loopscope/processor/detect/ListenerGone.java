package io.loopscope.processor.detect;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;

/** RFC 9293 3.9.1.1: a listening socket has gone, and connections that it accepted live on. */
final class ListenerGone extends Alarm {

    private boolean replaced;

    ListenerGone(HostContext host, ListenerMonitor listener) {
        super(host, listener, AnomalyName.LISTENER_GONE);
    }

    void since(long sinceNanos, boolean byAnother, int living, long nowNanos) {
        replaced = byAnother;
        count = living;
        open(sinceNanos, nowNanos);
        changed();
    }

    /** Whether it is over shows at polls alone. */
    @Override
    boolean subsided(long nowNanos) {
        return false;
    }

    @Override
    Evidence evidence() {
        return Evidence.KERNEL;
    }

    @Override
    String explain(long nowNanos) {
        return "%s at %s since %s, and %s of before live on."
                .formatted(
                        replaced ? "Another socket listens" : "Nobody listens",
                        where(),
                        Words.duration(nowNanos - sinceNanos()),
                        Words.count(count, "connection"));
    }

    @Override
    void attributes(Map<String, String> attributes) {
        attributes.put("replaced", Boolean.toString(replaced));
        attributes.put("living_connections", Long.toString(count));
    }

    @Override
    void writeTo(DataOutput output) throws IOException {
        super.writeTo(output);
        output.writeBoolean(replaced);
    }

    @Override
    void readFrom(DataInput input) throws IOException {
        super.readFrom(input);
        replaced = input.readBoolean();
    }
}
