package io.loopscope.standalone.analyze;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files to read: those that are named, and the capture files of folders that are named, in the order of their names. */
final class InputFiles {
    private static final Pattern CAPTURE = Pattern.compile(".*\\.(pcap|pcapng|cap|dmp|trace)(\\d*)(\\.gz)?");

    private InputFiles() {}

    static List<Path> expand(List<Path> named) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path path : named) {
            if (Files.isDirectory(path)) {
                try (Stream<Path> inside = Files.walk(path)) {
                    inside.filter(Files::isRegularFile)
                            .filter(file -> CAPTURE.matcher(file.toString()).matches())
                            .sorted()
                            .forEach(files::add);
                }
            } else {
                files.add(path);
            }
        }
        return files;
    }
}
