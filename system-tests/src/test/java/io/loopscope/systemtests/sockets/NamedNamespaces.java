package io.loopscope.systemtests.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import io.loopscope.agent.sockets.NetworkNamespace;
import io.loopscope.systemtests.harness.Processes;

/** Network namespaces with a name, as an agent is told to look into. */
final class NamedNamespaces {
    private NamedNamespaces() {}

    /** A new one, with a name that nobody else has; it is gone after the test class. */
    static NetworkNamespace add(Processes processes, String name) throws Exception {
        String unique = "loopscope-it-" + ProcessHandle.current().pid() + "-" + name;
        run("ip", "netns", "add", unique);
        processes.closing(() -> run("ip", "netns", "delete", unique));
        run("ip", "-n", unique, "link", "set", "lo", "up");
        return NetworkNamespace.of(unique);
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }
}
