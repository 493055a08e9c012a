package io.loopscope.systemtests.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.loopscope.systemtests.harness.ChildProcess;
import io.loopscope.systemtests.harness.Needs;
import io.loopscope.systemtests.harness.Processes;
import io.loopscope.systemtests.harness.Waits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The counts are those of {@code netstat -ant | awk} and {@code ss -tan}, state by state, in a namespace with sockets of
 * IPv4 and IPv6 in all states that a table can show, while connections come and go.
 */
class StatesIT {
    @RegisterExtension
    static final Processes PROCESSES = new Processes();

    private static final List<String> SHOWN = List.of(
            "ESTABLISHED",
            "SYN_SENT",
            "SYN_RECV",
            "FIN_WAIT1",
            "FIN_WAIT2",
            "TIME_WAIT",
            "CLOSE_WAIT",
            "LAST_ACK",
            "LISTEN",
            "CLOSING");
    /** How ss writes them, where that is not netstat's name with dashes. */
    private static final Map<String, String> SS = Map.of(
            "ESTAB", "ESTABLISHED",
            "FIN-WAIT-1", "FIN_WAIT1",
            "FIN-WAIT-2", "FIN_WAIT2",
            "UNCONN", "CLOSE");

    private static final int AGREEMENTS = 3;
    private static final ObjectMapper JSON = new ObjectMapper();

    private static ChildProcess load;

    private final HostVerbs verbs = new HostVerbs(PROCESSES);

    @BeforeAll
    static void holdSocketsInAllStates() throws IOException {
        Needs.root();
        Needs.programs("unshare", "nsenter", "setpriv", "ip", "python3", "netstat", "ss");
        Path script = PROCESSES.folder().resolve("all_states.py");
        try (InputStream source = StatesIT.class.getResourceAsStream("/host/all_states.py")) {
            Files.write(script, source.readAllBytes());
        }
        load = PROCESSES.start(
                "load",
                Map.of(),
                List.of("unshare", "--net", "sh", "-c", "ip link set lo up && exec python3 " + script));
        load.awaitOutput(Pattern.compile("ready"), Waits.PROGRAM);
    }

    @Test
    void countsAreThoseOfNetstatAndSs() {
        agree("root", inNamespace());
    }

    @Test
    void anOrdinaryUserGetsTheSameCounts() {
        agree(
                "nobody",
                Stream.concat(inNamespace().stream(), HostVerbs.asOrdinaryUser().stream())
                        .toList());
    }

    @Test
    void allElevenStatesAreThereAndAddUp() {
        JsonNode json = verbs.run(inNamespace(), "states", "-o", "json").json();

        List<String> names = new ArrayList<>();
        json.path("states").fieldNames().forEachRemaining(names::add);
        assertThat(names).hasSize(11).containsAll(SHOWN).contains("CLOSE");
        assertThat(json.path("states").path("CLOSE").asInt(-1)).isZero();
        int sum = 0;
        for (JsonNode count : json.path("states")) {
            sum += count.asInt();
        }
        assertThat(json.path("total").asInt()).isEqualTo(sum);
        assertThat(json.path("limitations")).isEmpty();
        assertThat(verbs.run(inNamespace(), "states").out().lines().map(line -> line.split(" ")[0]))
                .containsAll(names);
    }

    @Test
    void eachSocketInAStateIsListedWithOwnerAndAge() {
        JsonNode json = verbs.run(inNamespace(), "states", "--state", "CLOSE-WAIT", "-o", "json")
                .json();

        JsonNode sockets = json.path("sockets");
        assertThat(sockets)
                .hasSize(json.path("states").path("CLOSE_WAIT").asInt())
                .hasSizeGreaterThanOrEqualTo(10);
        for (JsonNode socket : sockets) {
            assertThat(socket.path("state").asText()).isEqualTo("CLOSE_WAIT");
            assertThat(socket.path("pid").asLong()).isEqualTo(load.pid());
            assertThat(socket.path("process").asText()).startsWith("python3");
            assertThat(socket.path("age_ms").asLong(-1)).isNotNegative();
        }
        assertThat(sockets.toString()).contains("127.0.0.1:", "[::1]:");
    }

    @Test
    void withoutRootItIsSaidThatOwnersAreNotSeen() {
        List<String> under = Stream.concat(inNamespace().stream(), HostVerbs.asOrdinaryUser().stream())
                .toList();

        var ran = verbs.run(under, "states", "--by", "process");

        assertThat(ran.code()).isZero();
        assertThat(ran.out()).contains("PROCESS", "?", "note: sockets of processes that may not be looked into");
        assertThat(ran.out()).doesNotContain("python3");
    }

    @Test
    void socketsAreCountedByPortProcessAndAddress() {
        JsonNode json = verbs.run(inNamespace(), "states", "--by", "port,process,address", "-o", "json")
                .json();

        int sum = 0;
        for (JsonNode group : json.path("groups")) {
            assertThat(group.path("port").asInt()).isPositive();
            assertThat(group.path("process").asText()).matches("-|" + load.pid() + "/python3.*");
            assertThat(group.path("address").asText()).isIn("127.0.0.1", "::1", "::");
            sum += group.path("total").asInt();
        }
        assertThat(sum).isEqualTo(json.path("total").asInt());
    }

    /** Under which command something runs in the namespace of the load. */
    private static List<String> inNamespace() {
        return List.of("nsenter", "--net=/proc/" + load.pid() + "/ns/net");
    }

    /** Waits for moments at which the table stands still while all three look at it. */
    private static void agree(String name, List<String> under) {
        List<String> command = Stream.concat(
                        under.stream(), Stream.of(HostVerbs.launcher(), "states", "--watch", "0.1", "-o", "json"))
                .toList();
        try (ChildProcess states = PROCESSES.start("watch-" + name, Map.of("LOOPSCOPE_BUILD", "never"), command)) {
            states.awaitOutput(Pattern.compile("\"states\""), Waits.PROGRAM);
            for (int i = 0; i < AGREEMENTS; i++) {
                Awaitility.await("netstat, ss and states agree")
                        .atMost(Waits.PIPELINE)
                        .untilAsserted(() -> {
                            Map<String, Integer> before = netstat();
                            Map<String, Integer> now = nextLine(states);
                            assertThat(ss()).isEqualTo(before);
                            assertThat(now).isEqualTo(before);
                            assertThat(before.keySet()).containsAll(SHOWN);
                        });
            }
        }
    }

    /** What is printed from now on: the first line is left out, as it may have been read before. */
    private static Map<String, Integer> nextLine(ChildProcess states) {
        long printed = states.output().lines().count();
        List<String> lines = Awaitility.await("the next snapshot")
                .atMost(Waits.PROGRAM)
                .until(() -> states.output().lines().toList(), all -> all.size() > printed + 2);
        try {
            Map<String, Integer> counts = new TreeMap<>();
            JSON.readTree(lines.get((int) printed + 1))
                    .path("states")
                    .properties()
                    .forEach(
                            field -> counts.put(field.getKey(), field.getValue().asInt()));
            counts.values().removeIf(count -> count == 0);
            return counts;
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, Integer> netstat() throws IOException {
        return count(run("netstat", "-ant")
                .lines()
                .filter(line -> line.startsWith("tcp"))
                .map(line -> line.split("\\s+")[5]));
    }

    private static Map<String, Integer> ss() throws IOException {
        return count(run("ss", "-tan")
                .lines()
                .skip(1)
                .map(line -> line.split("\\s+")[0])
                .map(state -> SS.getOrDefault(state, state.replace('-', '_'))));
    }

    private static Map<String, Integer> count(Stream<String> states) {
        return states.collect(Collectors.toMap(state -> state, state -> 1, Integer::sum, TreeMap::new));
    }

    private static String run(String... program) throws IOException {
        List<String> command =
                Stream.concat(inNamespace().stream(), Stream.of(program)).toList();
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().close();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
