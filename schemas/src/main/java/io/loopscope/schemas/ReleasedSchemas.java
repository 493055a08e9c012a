package io.loopscope.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/** The schemas of every release, kept as resources {@code released/VERSION/NAME.avsc} and never changed again. */
public final class ReleasedSchemas {
    private static final String ROOT = "/io/loopscope/schemas/released/";

    private ReleasedSchemas() {}

    /** All released versions, oldest first. */
    public static List<String> versions() {
        return read("versions.txt").lines().filter(line -> !line.isBlank()).toList();
    }

    /** The released schemas of a record type, oldest first; a version that did not have it yet is passed over. */
    public static List<Schema> of(String name) {
        return versions().stream()
                .flatMap(version -> of(name, version).stream())
                .toList();
    }

    /** The schema that a version wrote for a record type; empty when it did not have it yet. */
    public static Optional<Schema> of(String name, String version) {
        String file = version + '/' + name + ".avsc";
        return ReleasedSchemas.class.getResource(ROOT + file) == null
                ? Optional.empty()
                : Optional.of(new Schema.Parser().parse(read(file)));
    }

    private static String read(String file) {
        try (InputStream in = ReleasedSchemas.class.getResourceAsStream(ROOT + file)) {
            if (in == null) {
                throw new IllegalStateException("missing from the jar: " + ROOT + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
