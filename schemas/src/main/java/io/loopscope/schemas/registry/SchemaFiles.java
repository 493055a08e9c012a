package io.loopscope.schemas.registry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.SchemaParseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a registry has answered, a file {@code ID.avsc} for each schema. Without the folder it is only poorer. */
final class SchemaFiles {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaFiles.class);
    private static final String SUFFIX = ".avsc";

    private final Path folder;

    SchemaFiles(Path folder) {
        this.folder = folder;
    }

    /** Keeps a schema; what an id meant before is forgotten. */
    void keep(int id, Schema schema) {
        if (schema(id).filter(kept -> isSame(kept, schema)).isPresent()) {
            return;
        }
        try {
            Files.createDirectories(folder);
            Path part = Files.createTempFile(folder, "part", "");
            Files.writeString(part, schema.toString());
            Files.move(part, file(id), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warn("Schemas cannot be kept in {}, so that a start needs the registry: {}", folder, e.toString());
        }
    }

    /** The schema that had this id. */
    Optional<Schema> schema(int id) {
        Path file = file(id);
        try {
            return Files.exists(file)
                    ? Optional.of(new Schema.Parser().parse(Files.readString(file)))
                    : Optional.empty();
        } catch (IOException | SchemaParseException e) {
            LOG.warn("{} cannot be read and is asked for again: {}", file, e.toString());
            return Optional.empty();
        }
    }

    /** An id that this schema had. */
    Optional<Integer> id(Schema schema) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("[0-9]{1,10}\\" + SUFFIX))
                    .map(name -> Integer.parseUnsignedInt(name.substring(0, name.length() - SUFFIX.length())))
                    .filter(id ->
                            schema(id).filter(kept -> isSame(kept, schema)).isPresent())
                    .max(Integer::compareUnsigned);
        } catch (IOException e) { // There is none yet.
            return Optional.empty();
        }
    }

    /** A registry may write a schema in its own way: what counts is that the same octets come out. */
    private static boolean isSame(Schema one, Schema other) {
        return SchemaNormalization.parsingFingerprint64(one) == SchemaNormalization.parsingFingerprint64(other);
    }

    private Path file(int id) {
        return folder.resolve(Integer.toUnsignedString(id) + SUFFIX);
    }
}
