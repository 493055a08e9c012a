package io.loopscope.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.message.SchemaStore;
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
                        Schema released =
                                ReleasedSchemas.of(current.getName(), version).orElseThrow();
                        assertThat(read).isEqualTo(writtenWith(released, SampleRecords.of(current)));
                    }
                }
            }
        }
    }

    /** What is left of a record when it has gone through an older schema: its later fields have their defaults. */
    private static SpecificRecord writtenWith(Schema released, SpecificRecord sample) throws IOException {
        GenericRecord older = new BinaryMessageDecoder<GenericRecord>(
                        GenericData.get(), released, only(sample.getSchema()))
                .decode(new RecordCodec().encode(sample));
        ByteBuffer bytes = new BinaryMessageEncoder<GenericRecord>(GenericData.get(), released).encode(older);
        byte[] encoded = new byte[bytes.remaining()];
        bytes.get(encoded);
        return new RecordCodec().decode(encoded);
    }

    private static SchemaStore only(Schema schema) {
        SchemaStore.Cache schemas = new SchemaStore.Cache();
        schemas.addSchema(schema);
        return schemas;
    }

    private static void report(Schema reader, Schema writer, String direction, List<String> broken) {
        var result = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
        if (result.getType() != SchemaCompatibilityType.COMPATIBLE) {
            broken.add(reader.getName() + " (" + direction + "): "
                    + result.getResult().getIncompatibilities());
        }
    }
}
