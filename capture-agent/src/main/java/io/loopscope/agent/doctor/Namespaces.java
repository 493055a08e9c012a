package io.loopscope.agent.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The network namespaces of this host, as far as this process may see them.
 *
 * @param own the one this process is in
 * @param others those of other processes, and those with a name
 * @param hidden processes whose namespace may not be seen
 */
record Namespaces(NetworkNamespace own, List<NetworkNamespace> others, int hidden) {
    private static final Pattern LINK = Pattern.compile("net:\\[(\\d+)]");
    private static final int STATE = 3;
    private static final String LISTEN = "0A";
    private static final int HEX = 16;

    /**
     * Looks.
     *
     * @param proc {@code /proc}
     * @param netns {@code /run/netns}, where {@code ip netns} keeps names
     * @throws IOException if not even the own namespace can be seen, as on systems without them
     */
    static Namespaces read(Path proc, Path netns) throws IOException {
        long ownId = id(proc.resolve("self"));
        Map<Long, List<String>> names = names(netns);
        Map<Long, Path> processes = new LinkedHashMap<>();
        processes.put(ownId, proc.resolve("self"));
        int hidden = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : all) {
                try {
                    add(id(process), process, processes);
                } catch (AccessDeniedException e) { // Of another user.
                    hidden++;
                } catch (IOException e) {
                    // It has ended.
                }
            }
        }
        List<NetworkNamespace> others = new ArrayList<>();
        processes.forEach((id, process) -> {
            if (id != ownId) {
                others.add(namespace(id, process, names));
            }
        });
        names.forEach((id, list) -> {
            if (!processes.containsKey(id)) {
                others.add(new NetworkNamespace(id, list, 0, "", new TreeSet<>(), 0));
            }
        });
        return new Namespaces(namespace(ownId, proc.resolve("self"), names), others, hidden);
    }

    /** One process is enough to look into a namespace; a kernel thread is a poor name for it. */
    private static void add(long id, Path process, Map<Long, Path> processes) throws IOException {
        Path known = processes.get(id);
        if (known == null || isKernelThread(known)) {
            processes.put(id, process);
        }
    }

    private static boolean isKernelThread(Path process) throws IOException {
        return Files.readAllBytes(process.resolve("cmdline")).length == 0;
    }

    private static long id(Path process) throws IOException {
        Matcher matcher =
                LINK.matcher(Files.readSymbolicLink(process.resolve("ns/net")).toString());
        if (!matcher.matches()) {
            throw new IOException("no network namespace in " + process);
        }
        return Long.parseLong(matcher.group(1));
    }

    private static NetworkNamespace namespace(long id, Path process, Map<Long, List<String>> names) {
        SortedSet<Integer> listening = new TreeSet<>();
        int connected = countSockets(process.resolve("net/tcp"), listening)
                + countSockets(process.resolve("net/tcp6"), listening);
        String name = process.getFileName().toString();
        long pid = name.equals("self") ? ProcessHandle.current().pid() : Long.parseLong(name);
        return new NetworkNamespace(id, names.getOrDefault(id, List.of()), pid, command(process), listening, connected);
    }

    /** Adds the ports of listeners, and counts all others. */
    private static int countSockets(Path table, SortedSet<Integer> listening) {
        int connected = 0;
        try (Stream<String> lines = Files.lines(table, StandardCharsets.US_ASCII)) {
            for (String line : lines.skip(1).toList()) {
                String[] fields = line.strip().split("\\s+", STATE + 2);
                if (fields.length > STATE && fields[STATE].equals(LISTEN)) {
                    listening.add(Integer.parseInt(fields[1].substring(fields[1].indexOf(':') + 1), HEX));
                } else {
                    connected++;
                }
            }
        } catch (IOException e) { // The process has ended, or has no IPv6.
            return connected;
        }
        return connected;
    }

    private static String command(Path process) {
        try {
            return Files.readString(process.resolve("comm")).strip();
        } catch (IOException e) { // It has ended.
            return "";
        }
    }

    private static Map<Long, List<String>> names(Path netns) {
        Map<Long, List<String>> names = new HashMap<>();
        try (Stream<Path> files = Files.list(netns)) {
            for (Path file : files.sorted().toList()) {
                if (Files.getAttribute(file, "unix:ino") instanceof Number inode) {
                    names.computeIfAbsent(inode.longValue(), id -> new ArrayList<>())
                            .add(file.getFileName().toString());
                }
            }
        } catch (IOException | UnsupportedOperationException e) { // Nobody has used ip netns here.
            return names;
        }
        return names;
    }
}
