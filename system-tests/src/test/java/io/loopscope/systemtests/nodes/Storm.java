package io.loopscope.systemtests.nodes;

import io.loopscope.systemtests.nodes.Fault.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Carries a schedule out, and writes down what was done when. */
final class Storm {
    private final Map<String, Program> programs;
    private final List<String> log = new ArrayList<>();

    Storm(Map<String, Program> programs) {
        this.programs = programs;
    }

    private record Deed(Duration at, String what, Runnable action) implements Comparable<Deed> {
        @Override
        public int compareTo(Deed other) {
            return at.compareTo(other.at);
        }
    }

    /** Returns when everybody is up again. */
    void rage(FaultSchedule schedule) {
        PriorityQueue<Deed> deeds = new PriorityQueue<>();
        schedule.faults().forEach(fault -> deeds.addAll(deeds(fault)));
        long beginNs = System.nanoTime();
        while (!deeds.isEmpty()) {
            Deed next = deeds.remove();
            awaitNanoTime(beginNs + next.at.toNanos());
            next.action.run();
            log.add("%6.2f s %s".formatted((System.nanoTime() - beginNs) / 1e9, next.what));
            programs.values().forEach(Program::requireAlive);
        }
    }

    private List<Deed> deeds(Fault fault) {
        Program target = programs.get(fault.target());
        return fault.kind() == Kind.KILL
                ? List.of(
                        new Deed(fault.at(), "kill -9 " + target.name(), target::kill),
                        new Deed(fault.over(), "start " + target.name(), target::start))
                : List.of(
                        new Deed(fault.at(), "SIGSTOP " + target.name(), target::pause),
                        new Deed(fault.over(), "SIGCONT " + target.name(), target::resume));
    }

    private static void awaitNanoTime(long timeNs) {
        for (long left = timeNs - System.nanoTime(); left > 0; left = timeNs - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(left, TimeUnit.SECONDS.toNanos(1)));
        }
    }

    /** What was done, a line each. */
    String log() {
        return log.isEmpty() ? "nothing was done to anybody" : String.join("\n", log);
    }
}
