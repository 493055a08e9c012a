package io.loopscope.agent.doctor;

import java.util.List;
import java.util.SortedSet;

/**
 * A network namespace. Each has a loopback interface of its own.
 *
 * @param id the inode of {@code /proc/PID/ns/net}
 * @param names under {@code /run/netns}; empty for most
 * @param pid a process that runs in it; 0 when none was seen
 * @param process its name
 * @param listening ports that somebody listens on
 * @param connected sockets that do not listen
 */
record NetworkNamespace(
        long id, List<String> names, long pid, String process, SortedSet<Integer> listening, int connected) {
    private static final int SHOWN = 8;

    /** Whether there is anything to see. */
    boolean isUsed() {
        return !listening.isEmpty() || connected > 0;
    }

    /** What to give to {@code nsenter --net=}. */
    String path() {
        return names.isEmpty() ? "/proc/" + pid + "/ns/net" : "/run/netns/" + names.get(0);
    }

    String describe() {
        String name = names.isEmpty() ? "" : " (" + String.join(", ", names) + ")";
        String who = pid == 0 ? "no process" : "process " + pid + " " + process;
        return "net:[%d]%s: %s, %s, %d other sockets".formatted(id, name, who, ports(), connected);
    }

    String ports() {
        if (listening.isEmpty()) {
            return "no listener";
        }
        List<String> first =
                listening.stream().limit(SHOWN).map(String::valueOf).toList();
        String more = listening.size() > SHOWN ? " and " + (listening.size() - SHOWN) + " more" : "";
        return "listening on " + String.join(", ", first) + more;
    }
}
