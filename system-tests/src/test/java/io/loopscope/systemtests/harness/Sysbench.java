package io.loopscope.systemtests.harness;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** {@code sysbench} against {@link MariaDb}: a real query load. */
public final class Sysbench {
    /** Rows in each table. */
    public static final long ROWS = 2000;

    /** Per second, of 16 queries each: busy, and so far below what two cores do that nobody may lose anything. */
    private static final int TRANSACTIONS = 200;

    private static final Pattern QUERIES = Pattern.compile("queries:\\s+(\\d+)\\s");
    private static final Duration TO_FINISH = Duration.ofSeconds(60);

    private Sysbench() {}

    /** Makes the tables. */
    public static void prepare(Processes processes) {
        ChildProcess prepare = processes.start("sysbench-prepare", Map.of(), command("prepare"));
        if (prepare.awaitExit(Waits.PROGRAM) != 0) {
            throw new IllegalStateException("sysbench cannot make its tables");
        }
    }

    /** Starts read-only transactions from four threads, each on one connection. */
    public static ChildProcess start(Processes processes, Duration time) {
        return processes.start(
                "sysbench",
                Map.of(),
                command("run", "--time=" + time.toSeconds(), "--threads=4", "--rate=" + TRANSACTIONS));
    }

    /** Waits for its end, and returns how many queries were answered. */
    public static long awaitQueries(ChildProcess sysbench, Duration time) {
        if (sysbench.awaitExit(time.plus(TO_FINISH)) != 0) {
            throw new IllegalStateException("sysbench failed");
        }
        return Long.parseLong(sysbench.awaitOutput(QUERIES, Waits.PROGRAM).group(1));
    }

    private static List<String> command(String what, String... more) {
        List<String> command = new ArrayList<>(List.of(
                "sysbench",
                "oltp_read_only",
                "--db-driver=mysql",
                "--mysql-host=127.0.0.1",
                "--mysql-port=" + MariaDb.PORT,
                "--mysql-user=" + MariaDb.USER,
                "--mysql-password=" + MariaDb.PASSWORD,
                "--mysql-db=" + MariaDb.DATABASE,
                "--tables=2",
                "--table-size=" + ROWS));
        command.addAll(List.of(more));
        command.add(what);
        return command;
    }
}
