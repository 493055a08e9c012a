package io.loopscope.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A checkout in a temporary folder: the real launcher, and stand-ins for Java and Maven that write down how they were
 * called. The launcher sees no other program than the tools it is allowed to need.
 */
final class LauncherFixture {
    private static final Path PROJECT = Path.of("").toAbsolutePath().getParent();
    private static final List<String> TOOLS = List.of(
            "sh",
            "dirname",
            "readlink",
            "du",
            "sed",
            "head",
            "awk",
            "grep",
            "find",
            "sort",
            "mkdir",
            "touch",
            "rm",
            "rmdir",
            "id",
            "uname",
            "flock",
            "env",
            "cat");

    final Path checkout;
    final Path mavenLog;
    private final Path folder;
    private final Path tools;
    private final Map<String, String> environment = new HashMap<>();

    /** What a launcher left behind. */
    record Ran(int code, String out, String err) {}

    LauncherFixture(Path folder) throws IOException {
        this.folder = folder;
        checkout = Files.createDirectories(folder.resolve("checkout"));
        tools = Files.createDirectories(folder.resolve("tools"));
        mavenLog = folder.resolve("maven.log");
        Files.copy(PROJECT.resolve("loopscope"), checkout.resolve("loopscope"));
        executable(checkout.resolve("loopscope"));
        Files.copy(PROJECT.resolve("pom.xml"), checkout.resolve("pom.xml"));
        for (var module : List.of("schemas", "settings", "capture-agent", "stream-processor", "deploy/standalone")) {
            write(checkout.resolve(module).resolve("pom.xml"), "<project/>");
            write(checkout.resolve(module).resolve("src/main/java/A.java"), "class A {}");
        }
        for (var tool : TOOLS) {
            script(tools.resolve(tool), "exec " + find(tool) + " \"$@\"");
        }
        environment.put("PATH", tools.toString());
    }

    /** Puts another program in the place of a tool. */
    void tool(String name, String body) throws IOException {
        script(tools.resolve(name), body);
    }

    private static Path find(String tool) {
        return Stream.of("/usr/bin", "/bin", "/usr/sbin", "/sbin")
                .map(directory -> Path.of(directory, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no " + tool + " on this machine"));
    }

    LauncherFixture set(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** A JDK whose java prints its arguments, its folder and its process id. */
    Path jdk(String name, String version) throws IOException {
        var jdk = folder.resolve(name);
        script(jdk.resolve("bin/java"), """
                echo java %s
                echo pid $$
                echo in "$(/bin/pwd)"
                for argument; do echo "[$argument]"; done
                """.formatted(name));
        script(jdk.resolve("bin/javac"), "exit 1");
        write(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        return jdk;
    }

    LauncherFixture javaOnPath(Path jdk) throws IOException {
        Files.createSymbolicLink(tools.resolve("java"), jdk.resolve("bin/java"));
        return this;
    }

    /** A Maven that logs its arguments, runs these lines, and makes the jar of the module it is asked for. */
    LauncherFixture maven(String version, String lines) throws IOException {
        script(tools.resolve("mvn"), """
                if [ "$1" = -v ]; then echo "Apache Maven %s (x)"; exit 0; fi
                echo "$JAVA_HOME $*" >>'%s'
                %s
                for argument; do
                    if [ "$last" = -pl ]; then module=$argument; fi
                    last=$argument
                done
                mkdir -p "$module/target/lib"
                touch "$module/target/loopscope-${module##*/}-%s.jar"
                """.formatted(version, mavenLog, lines, version()));
        return this;
    }

    String version() throws IOException {
        var pom = Files.readString(checkout.resolve("pom.xml"));
        return pom.substring(pom.indexOf("<version>") + 9, pom.indexOf("</version>"));
    }

    /** As after a build of all modules. */
    LauncherFixture built() throws IOException {
        for (var module : List.of("capture-agent", "stream-processor", "deploy/standalone")) {
            Files.createDirectories(checkout.resolve(module).resolve("target/lib"));
            Files.write(jar(module), new byte[0]);
        }
        return this;
    }

    Path jar(String module) throws IOException {
        var name = Path.of(module).getFileName();
        return checkout.resolve(module).resolve("target/loopscope-" + name + "-" + version() + ".jar");
    }

    List<String> mavenCalls() throws IOException {
        return Files.exists(mavenLog) ? Files.readAllLines(mavenLog) : List.of();
    }

    /** Makes a file newer than anything that a build of now leaves behind. */
    void edit(String file) throws IOException {
        var path = checkout.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        Files.setLastModifiedTime(
                checkout.resolve(file), FileTime.from(Instant.now().plusSeconds(60)));
    }

    Ran run(String... arguments) throws Exception {
        return finish(start(checkout, checkout.resolve("loopscope").toString(), arguments));
    }

    Ran runFrom(Path directory, String command, String... arguments) throws Exception {
        return finish(start(directory, command, arguments));
    }

    Process start(Path directory, String command, String... arguments) throws IOException {
        var line = new ArrayList<>(List.of(command));
        line.addAll(List.of(arguments));
        var builder = new ProcessBuilder(line).directory(directory.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }

    static Ran finish(Process process) throws Exception {
        process.getOutputStream().close();
        // Both streams are short, so that reading one after the other cannot block.
        var out = new String(process.getInputStream().readAllBytes(), UTF_8);
        var err = new String(process.getErrorStream().readAllBytes(), UTF_8);
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("the launcher does not end: " + err);
        }
        return new Ran(process.exitValue(), out, err);
    }

    static void script(Path file, String lines) throws IOException {
        write(file, "#!/bin/sh\n" + lines + "\n");
        executable(file);
    }

    private static void executable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
