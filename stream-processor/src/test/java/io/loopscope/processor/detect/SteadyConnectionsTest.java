package io.loopscope.processor.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.processor.detect.DetectorSettings.Limits;
import io.loopscope.processor.tcp.Segment;
import io.loopscope.processor.tcp.Side;
import io.loopscope.processor.tcp.TcpSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is left out for a segment that leaves its connection steady would have changed nothing. */
class SteadyConnectionsTest {

    private static final int STEPS = 3000;

    private static final DetectorSettings SETTINGS =
            new DetectorSettings(Map.of(), Map.of(), Limits.defaults().withMaxConnections(30));

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void settlingEverySegmentInFullGivesTheSameOutputsAndTimers(long seed) {
        Table shortWay = new Table();
        Table inFull = new Table();
        RandomTraffic traffic = new RandomTraffic(seed);
        long now = Scene.START;
        int steady = 0;
        for (int i = 0; i < STEPS; i++) {
            RandomTraffic.Event event = traffic.next();
            now += event.afterNanos();
            shortWay.advance(now);
            inFull.advance(now);
            if (event.segment() != null) {
                Segment segment = event.segment().apply(now);
                shortWay.connections.apply(event.tuple(), segment, false);
                inFull.connections.apply(event.tuple(), segment, false);
                Tracked settled = inFull.connections.get(event.tuple());
                steady += settled.isSteady() ? 1 : 0;
                inFull.connections.settle(settled, segment.atNanos());
                inFull.askEveryRule(settled, segment.atNanos());
            }
            assertThat(shortWay.timers()).as("timers after step %s", i).isEqualTo(inFull.timers());
            assertThat(shortWay.takeOutputs()).as("outputs of step %s", i).isEqualTo(inFull.takeOutputs());
        }
        assertThat(steady).as("segments that leave their connection steady").isGreaterThan(STEPS / 10);
    }

    /** The connections of a host, without what feeds them. */
    private static final class Table {
        private final HostContext host = new HostContext("host-1", 0, SETTINGS, TcpSettings.DEFAULT);
        private final ConditionEngine conditions = new ConditionEngine(host);
        private final ListenerTable listeners = new ListenerTable(host);
        private final Roll roll = new Roll(listeners, conditions);
        private final Step step = new Step();
        private final ConnectionTable connections = new ConnectionTable(
                host,
                conditions,
                listeners,
                roll,
                new ConnectionEvents(host, new Happenings(host, conditions, roll, new CaptureHealth(host))));

        Table() {
            host.begin(step);
        }

        void advance(long nowNanos) {
            host.timers.advance(nowNanos);
            listeners.publishCensus(nowNanos);
        }

        /** As if no rule said in which states it can hold. */
        void askEveryRule(Tracked tracked, long nowNanos) {
            for (Rule rule : Rules.ALL) {
                for (Side side : tracked.sides()) {
                    conditions.evaluate(tracked, rule, side, nowNanos);
                }
            }
        }

        List<Output> takeOutputs() {
            List<Output> outputs = List.copyOf(step.outputs());
            step.clear();
            return outputs;
        }

        /** Of connections, in the order they fire within each queue. */
        List<String> timers() {
            List<String> armed = new ArrayList<>();
            for (Tracked tracked : connections.all()) {
                describe(tracked, armed);
                for (Timer timer : tracked.protocolTimers) {
                    if (timer != null) {
                        describe(timer, armed);
                    }
                }
                tracked.conditions.forEach(condition -> describe(condition, armed));
            }
            return armed;
        }

        private static void describe(Timer timer, List<String> armed) {
            TimerQueue queue = timer.queue;
            if (queue != null) {
                String before = timer.previous == null ? "first" : about(timer.previous);
                armed.add("%s %s in %s behind %s"
                        .formatted(about(timer), timer.key, queue.clock() + " " + queue.deadline(0), before));
            }
        }

        private static String about(Timer timer) {
            Object subject = timer.subject();
            return (subject instanceof Tracked tracked ? tracked.tuple() : subject.getClass()) + "/" + timer.slot();
        }
    }
}
