package io.loopscope.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

/** FULL_TRANSITIVE: every release reads what every other release wrote. */
class CompatibilityTest {
    @Test
    void everySchemaHasBeenReleased() {
        assertThat(ReleasedSchemas.versions()).isNotEmpty();
        for (Schema current : RecordCodec.SCHEMAS) {
            assertThat(ReleasedSchemas.of(current.getName()))
                    .as(current.getName())
                    .isNotEmpty();
        }
    }

    @Test
    void everyReleasedSchemaIsReadByTheCurrentOneAndReadsIt() {
        List<String> broken = new ArrayList<>();
        for (Schema current : RecordCodec.SCHEMAS) {
            for (Schema released : ReleasedSchemas.of(current.getName())) {
                report(current, released, "new reader, old writer", broken);
                report(released, current, "old reader, new writer", broken);
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void recordsOfEveryReleaseAreStillRead() throws IOException {
        RecordCodec codec = new RecordCodec();
        for (String version : ReleasedSchemas.versions()) {
            for (Schema current : RecordCodec.SCHEMAS) {
                try (InputStream in =
                        getClass().getResourceAsStream("/released/" + version + '/' + current.getName() + ".bin")) {
                    if (in != null) {
                        SpecificRecord read = codec.decode(in.readAllBytes());
                        assertThat(read.getSchema()).isEqualTo(current);
                        assertThat(read).isEqualTo(SampleRecords.of(current));
                    }
                }
            }
        }
    }

    private static void report(Schema reader, Schema writer, String direction, List<String> broken) {
        var result = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
        if (result.getType() != SchemaCompatibilityType.COMPATIBLE) {
            broken.add(reader.getName() + " (" + direction + "): "
                    + result.getResult().getIncompatibilities());
        }
    }
}
