package io.loopscope.agent.sockets;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** What a process was started as, as {@code /proc} shows it. */
final class CommandLine {
    private final Path process;
    private final List<String> words;

    private CommandLine(Path process) throws IOException {
        this.process = process;
        String line = new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8);
        words = Arrays.asList(line.split("\0"));
    }

    /** The numbers of the processes that this holds for; none where there is no {@code /proc}. */
    static Set<Long> findAll(Path proc, Predicate<CommandLine> wanted) {
        Set<Long> pids = new HashSet<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (matches(process, wanted)) {
                    pids.add(Long.parseLong(String.valueOf(process.getFileName())));
                }
            }
        } catch (IOException
                | DirectoryIteratorException e) { // Then there is no socket table either, which is told elsewhere.
            return pids;
        }
        return pids;
    }

    private static boolean matches(Path process, Predicate<CommandLine> wanted) {
        try {
            return wanted.test(new CommandLine(process));
        } catch (IOException e) { // It has ended.
            return false;
        }
    }

    /** Whether one of these is a whole word of it. */
    boolean hasWord(Set<String> wanted) {
        return words.stream().anyMatch(wanted::contains);
    }

    /** Whether one of these is the program's name: the file that was started, or what it calls itself. */
    boolean hasName(Set<String> wanted) {
        String first = words.get(0);
        return wanted.contains(first.substring(first.lastIndexOf('/') + 1)) || wanted.contains(comm());
    }

    private String comm() {
        try {
            return Files.readString(process.resolve("comm")).strip();
        } catch (IOException e) { // It has ended, or its name is no text.
            return "";
        }
    }
}
