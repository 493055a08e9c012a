package io.loopscope.standalone.analyze;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A file to read.
 *
 * @param path where it is
 * @param label what it is called in the output: its name, or its path within the folder that was named
 */
record InputFile(Path path, String label) {
    private static final Pattern CAPTURE = Pattern.compile(".*\\.(pcap|pcapng|cap|dmp|trace)(\\d*)(\\.gz)?");

    /** The files that are named, and the capture files of folders that are named, these in the order of their names. */
    static List<InputFile> expand(List<Path> named) throws IOException {
        List<InputFile> files = new ArrayList<>();
        for (Path path : named) {
            if (Files.isDirectory(path)) {
                try (Stream<Path> inside = Files.walk(path)) {
                    inside.filter(Files::isRegularFile)
                            .filter(file -> CAPTURE.matcher(file.toString()).matches())
                            .sorted()
                            .map(file ->
                                    new InputFile(file, path.relativize(file).toString()))
                            .forEach(files::add);
                }
            } else {
                Path name = path.getFileName();
                files.add(new InputFile(path, (name == null ? path : name).toString()));
            }
        }
        return files;
    }
}
