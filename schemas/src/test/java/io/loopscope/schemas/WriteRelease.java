package io.loopscope.schemas;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.avro.Schema;
import org.apache.avro.SchemaFormatter;

/** Run once for each release, see CONTRIBUTING.md: freezes the current schemas and a record of each as fixtures. */
final class WriteRelease {
    private WriteRelease() {}

    /** Arguments: the version, the folder of the schemas module. */
    public static void main(String[] arguments) throws IOException {
        String version = arguments[0];
        Path module = Path.of(arguments[1]);
        Path root = module.resolve("src/main/resources/io/loopscope/schemas/released");
        Path schemas = Files.createDirectories(root.resolve(version));
        Path fixtures = Files.createDirectories(
                module.resolve("src/test/resources/released").resolve(version));
        RecordCodec codec = new RecordCodec();
        for (Schema schema : RecordCodec.SCHEMAS) {
            Files.writeString(
                    schemas.resolve(schema.getName() + ".avsc"), SchemaFormatter.format("json/pretty", schema) + '\n');
            Files.write(fixtures.resolve(schema.getName() + ".bin"), codec.encode(SampleRecords.of(schema)));
        }
        if (!ReleasedSchemas.versions().contains(version)) {
            Files.writeString(root.resolve("versions.txt"), version + '\n', StandardOpenOption.APPEND);
        }
    }
}
