package io.loopscope.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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
        List<Schema> schemas = new ArrayList<>();
        for (String version : versions()) {
            String file = version + '/' + name + ".avsc";
            if (ReleasedSchemas.class.getResource(ROOT + file) != null) {
                schemas.add(new Schema.Parser().parse(read(file)));
            }
        }
        return schemas;
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
