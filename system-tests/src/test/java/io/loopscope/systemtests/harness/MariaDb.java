package io.loopscope.systemtests.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Debian's MariaDB on 127.0.0.1:13306 with a data folder of its own. */
public final class MariaDb {
    public static final int PORT = 13306;
    public static final String USER = "loopscope";
    public static final String PASSWORD = "loopscope";
    public static final String DATABASE = "sbtest";

    private static final Pattern READY = Pattern.compile("ready for connections");

    private MariaDb() {}

    /** Makes a data folder, starts the server and waits until it takes connections. */
    public static MariaDb start(Processes processes) {
        Path data = processes.folder().resolve("mariadb");
        int made = processes
                .start(
                        "mariadb-install-db",
                        Map.of(),
                        List.of(
                                "mariadb-install-db",
                                "--no-defaults",
                                "--user=root",
                                "--datadir=" + data,
                                "--skip-test-db",
                                "--auth-root-authentication-method=normal"))
                .awaitExit(Waits.PROGRAM);
        if (made != 0) {
            throw new IllegalStateException("mariadb-install-db ended with " + made);
        }
        ChildProcess server = processes.start("mariadbd", Map.of(), command(processes, data));
        server.awaitOutput(READY, Waits.PROGRAM);
        return new MariaDb();
    }

    private static List<String> command(Processes processes, Path data) {
        return List.of(
                "mariadbd",
                "--no-defaults",
                "--user=root",
                "--datadir=" + data,
                "--bind-address=127.0.0.1",
                "--port=" + PORT,
                "--socket=" + socketFile(processes),
                "--pid-file=" + data.resolve("mariadbd.pid"),
                "--init-file=" + initialStatements(processes),
                "--skip-name-resolve",
                "--skip-log-bin",
                "--innodb-buffer-pool-size=32M",
                "--innodb-log-file-size=8M",
                "--innodb-flush-log-at-trx-commit=0",
                "--performance-schema=OFF");
    }

    /** A short path, because the name of a UNIX socket has 107 octets at most. */
    private static Path socketFile(Processes processes) {
        try {
            Path folder = Files.createTempDirectory("loopscope-mariadb");
            processes.closing(() -> {
                Files.deleteIfExists(folder.resolve("s"));
                Files.delete(folder);
            });
            return folder.resolve("s");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path initialStatements(Processes processes) {
        try {
            return Files.writeString(processes.folder().resolve("init.sql"), """
                    CREATE DATABASE IF NOT EXISTS %1$s;
                    CREATE USER IF NOT EXISTS '%2$s'@'127.0.0.1' IDENTIFIED BY '%3$s';
                    GRANT ALL ON *.* TO '%2$s'@'127.0.0.1';
                    """.formatted(DATABASE, USER, PASSWORD));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A connection as an application opens it. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:mariadb://127.0.0.1:" + PORT + "/" + DATABASE, USER, PASSWORD);
    }

    /** The 4-tuple of a connection, by what the server knows of it. */
    public static FourTuple tuple(Connection connection) throws SQLException {
        return tuples(connection, "ID = CONNECTION_ID()").get(0);
    }

    /** 4-tuples of the connections in the server's list that meet a condition. */
    public static List<FourTuple> tuples(Connection connection, String condition) throws SQLException {
        List<FourTuple> tuples = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT HOST FROM information_schema.PROCESSLIST WHERE HOST LIKE '127.%' AND " + condition)) {
            while (rows.next()) {
                String host = rows.getString(1);
                int port = Integer.parseInt(host.substring(host.lastIndexOf(':') + 1));
                tuples.add(FourTuple.ofPorts(port, PORT));
            }
        }
        return tuples;
    }

    /** Arguments that every MariaDB client program takes to get here over TCP. */
    public static List<String> clientArguments() {
        return List.of(
                "--no-defaults",
                "--protocol=TCP",
                "--host=127.0.0.1",
                "--port=" + PORT,
                "--user=" + USER,
                "--password=" + PASSWORD);
    }
}
