package io.loopscope.agent.doctor;

import io.loopscope.settings.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Whether the programs that are to be watched run in this network namespace: a container has a loopback of its own. */
final class NamespaceCheck implements Check {
    private static final int SHOWN = 10;

    private final Path proc;
    private final Path netns;

    NamespaceCheck(Path proc, Path netns) {
        this.proc = proc;
        this.netns = netns;
    }

    @Override
    public Finding look() {
        try {
            return judge(Namespaces.read(proc, netns));
        } catch (IOException e) {
            return Finding.skipped(Subject.NAMESPACE, "this system shows no network namespaces: " + e.getMessage());
        }
    }

    static Finding judge(Namespaces namespaces) {
        NetworkNamespace own = namespaces.own();
        List<NetworkNamespace> used =
                namespaces.others().stream().filter(NetworkNamespace::isUsed).toList();
        String saw = "this namespace, net:[%d]: %s, %d other sockets%s%s"
                .formatted(own.id(), own.ports(), own.connected(), list(used), hidden(namespaces.hidden()));
        if (own.isUsed()) {
            return Finding.ok(Subject.NAMESPACE, saw);
        }
        if (used.isEmpty()) {
            return Finding.warning(
                    Subject.NAMESPACE,
                    saw,
                    "No program listens here, so there is nothing to see. Start it, or look where it runs:"
                            + " sudo nsenter --net=/proc/PID/ns/net ./loopscope doctor");
        }
        return Finding.failed(
                Subject.NAMESPACE,
                saw + "\nnobody listens here, but elsewhere",
                "Run it where the programs are: sudo nsenter --net="
                        + used.get(0).path() + " ./loopscope agent",
                ExitCode.FAILURE);
    }

    private static String list(List<NetworkNamespace> used) {
        if (used.isEmpty()) {
            return "";
        }
        String more = used.size() > SHOWN ? "\n  and " + (used.size() - SHOWN) + " more" : "";
        return used.stream()
                .limit(SHOWN)
                .map(NetworkNamespace::describe)
                .collect(Collectors.joining("\n  ", "\nothers, whose loopback is not seen from here:\n  ", more));
    }

    private static String hidden(int processes) {
        return processes == 0
                ? ""
                : "\nprocesses that do not show theirs, as they are another user's or protected: %d"
                        .formatted(processes);
    }
}
