package io.loopscope.settings;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads a small text file, or says why not in words that need no stack trace. */
final class TextFile {
    private TextFile() {}

    static Optional<String> read(Path path, List<Problem> problems) {
        try {
            if (Files.isDirectory(path)) {
                problems.add(new Problem(path.toString(), "is a directory, a file is expected"));
                return Optional.empty();
            }
            return Optional.of(Files.readString(path));
        } catch (NoSuchFileException e) {
            problems.add(new Problem(path.toString(), "no such file"));
        } catch (AccessDeniedException e) {
            problems.add(new Problem(path.toString(), "no permission to read it"));
        } catch (CharacterCodingException e) {
            problems.add(new Problem(path.toString(), "is not UTF-8 text"));
        } catch (IOException e) {
            problems.add(new Problem(path.toString(), "cannot be read: " + e.getMessage()));
        }
        return Optional.empty();
    }
}
