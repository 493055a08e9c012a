package io.loopscope.agent.sockets;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Sockets of some processes, made by hand. */
final class FakeSockets implements OwnSockets {
    final Set<Long> inodes = new HashSet<>();
    final List<String> unreadable = new ArrayList<>();

    Set<Long> processes = Set.of(1L);
    /** What is found the next time. */
    Set<Long> nextProcesses = processes;

    @Override
    public void findProcesses() {
        processes = nextProcesses;
    }

    @Override
    public Set<Long> processes() {
        return processes;
    }

    @Override
    public Inodes read() {
        return new Inodes(Set.copyOf(inodes), List.copyOf(unreadable));
    }
}
